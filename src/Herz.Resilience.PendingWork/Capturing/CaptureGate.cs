namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>One capture at a time; callers who want the same as the one under way share it.</summary>
internal sealed class CaptureGate(CaptureRun run)
{
    private readonly Lock _turn = new();
    private readonly Lock _joining = new();
    private Flight? _flight;

    // The heap is the process's, not a host's: two hosts in one process share the gate as they share the heap.
    public static CaptureGate ThisProcess { get; } = new(new CaptureRun(CaptureWays.ThisProcess(), TimeProvider.System));

    public PendingWorkProfile Capture(PendingWorkOptions options)
    {
        options.Validate();
        return Finish(Join(options));
    }

    /// <summary>The capture under way for the same options, or a new one.</summary>
    public Flight Join(PendingWorkOptions options)
    {
        lock (_joining)
        {
            return _flight is { } under && under.Options == options ? under : _flight = new Flight(options);
        }
    }

    /// <summary>The first to come captures; those who joined find its result when the turn is theirs.</summary>
    public PendingWorkProfile Finish(Flight flight)
    {
        lock (_turn)
        {
            return flight.Result ??= Fly(flight);
        }
    }

    private PendingWorkProfile Fly(Flight flight)
    {
        try
        {
            return run.Capture(flight.Options);
        }
        finally
        {
            lock (_joining)
            {
                _flight = _flight == flight ? null : _flight;
            }
        }
    }

    internal sealed class Flight(PendingWorkOptions options)
    {
        public PendingWorkOptions Options { get; } = options;

        public PendingWorkProfile? Result { get; set; }
    }
}

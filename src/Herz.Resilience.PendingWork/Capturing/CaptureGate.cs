namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>Runs one capture at a time. Callers with the same options share a capture that has not finished.</summary>
internal sealed class CaptureGate(CaptureRun run)
{
    private readonly Lock _captureLock = new();
    private readonly Lock _joinLock = new();
    private SharedCapture? _current;

    // The heap belongs to the process, so all hosts in the process share one gate.
    public static CaptureGate ThisProcess { get; } = new(new CaptureRun(CaptureWays.ThisProcess(), TimeProvider.System));

    public PendingWorkProfile Capture(PendingWorkOptions options)
    {
        options.Validate();
        return Finish(Join(options));
    }

    /// <summary>Returns the unfinished capture with the same options, or a new one.</summary>
    public SharedCapture Join(PendingWorkOptions options)
    {
        lock (_joinLock)
        {
            return _current is { } current && current.Options == options ? current : _current = new SharedCapture(options);
        }
    }

    /// <summary>The first caller captures; the callers that joined get its result.</summary>
    public PendingWorkProfile Finish(SharedCapture shared)
    {
        lock (_captureLock)
        {
            return shared.Result ??= Run(shared);
        }
    }

    private PendingWorkProfile Run(SharedCapture shared)
    {
        try
        {
            return run.Capture(shared.Options);
        }
        finally
        {
            lock (_joinLock)
            {
                _current = _current == shared ? null : _current;
            }
        }
    }

    internal sealed class SharedCapture(PendingWorkOptions options)
    {
        public PendingWorkOptions Options { get; } = options;

        public PendingWorkProfile? Result { get; set; }
    }
}

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>
/// Runs one capture at a time. Callers with the same options share a capture that has not finished. A caller that waits too long for
/// another capture, which may hang, gets a refusal.
/// </summary>
internal sealed class CaptureGate(CaptureRun run)
{
    // Several captures may be waiting, and each may take longer on a large heap.
    private const int MaxWaitInTimeouts = 4;

    private readonly Lock _captureLock = new();
    private readonly Lock _joinLock = new();
    private SharedCapture? _current;

    // The heap belongs to the process, so all hosts in the process share one gate.
    public static CaptureGate ThisProcess { get; } = new(new CaptureRun(CaptureMethods.ThisProcess(), TimeProvider.System));

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
        if (!_captureLock.TryEnter(shared.Options.Timeout * MaxWaitInTimeouts))
        {
            return run.Refuse(shared.Options, "gave up: another capture has not ended");
        }

        try
        {
            return shared.Result ??= Run(shared);
        }
        finally
        {
            _captureLock.Exit();
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

using System.Runtime.ExceptionServices;

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>
/// Runs one capture at a time, on a thread of its own. Callers with the same options share a capture that has not finished. No caller
/// waits for a capture that hangs: it gets a refusal, and so does each later one until that capture has returned.
/// </summary>
internal sealed class CaptureGate(CaptureRun run)
{
    // Several captures may be waiting, and each may take longer on a large heap.
    private const int MaxWaitInTimeouts = 4;

    private readonly Lock _captureLock = new();
    private readonly Lock _joinLock = new();
    private SharedCapture? _current;
    private Thread? _hung;

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
            return _hung is { IsAlive: true } ? run.Refuse(shared.Options, "gave up: an earlier capture has not returned") : RunOnThread(shared.Options);
        }
        finally
        {
            lock (_joinLock)
            {
                _current = _current == shared ? null : _current;
            }
        }
    }

    private PendingWorkProfile RunOnThread(PendingWorkOptions options)
    {
        PendingWorkProfile? profile = null;
        ExceptionDispatchInfo? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                profile = run.Capture(options);
            }
#pragma warning disable CA1031 // An exception on this thread would end the process; the caller gets it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                fault = ExceptionDispatchInfo.Capture(exception);
            }
        }) { IsBackground = true, Name = "Herz capture" };
        thread.UnsafeStart();

        // The capture watches its own deadline; only one that hangs is still alive after twice that time.
        if (!thread.Join(2 * CaptureRun.Allowed(options)))
        {
            _hung = thread;
            return run.Refuse(options, "gave up: the capture did not return");
        }

        fault?.Throw();
        return profile!;
    }

    internal sealed class SharedCapture(PendingWorkOptions options)
    {
        public PendingWorkOptions Options { get; } = options;

        public PendingWorkProfile? Result { get; set; }
    }
}

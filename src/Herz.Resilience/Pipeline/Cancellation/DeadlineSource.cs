using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace Herz.Resilience.Pipeline.Cancellation;

/// <summary>
/// Cancels one request when its deadline passes before the answer has started, or when the client leaves. The deadline
/// does not run while the request waits for its client's body, under a debugger, or while the process is suspended.
/// Never pooled, since work that outlives the request may still have its token. It is its own lock, which saves an
/// object per request; no code outside can reach it.
/// </summary>
internal sealed class DeadlineSource(DeadlineTimerPool timers, RequestScope scope, IHttpResponseFeature? response) : CancellationTokenSource
{
    private const string ServerSentEvents = "text/event-stream";

    private RequestScope? _scope = scope;
    private IHttpResponseFeature? _response = response;
    private CancellationTokenRegistration _client;
    private DeadlineTimer? _timer;
    private long _deadline = long.MaxValue;
    private long _suspended;
    private bool _isPaused;
    private bool _ended;

    /// <summary>Whether the deadline, not the client, cancelled the request.</summary>
    public bool Fired { get; private set; }

    /// <summary>Also cancels when <paramref name="client"/> does, the token of the connection.</summary>
    public void Link(CancellationToken client)
    {
        if (client.CanBeCanceled)
        {
            _client = client.UnsafeRegister(static state => ((DeadlineSource)state!).CancelSafely(), this);
        }
    }

    /// <summary>Moves the deadline. If it has passed already, it fires on the timer's thread, not on the caller's.</summary>
    public void Rearm(long deadline)
    {
        lock (this)
        {
            _deadline = deadline;
            if (_ended)
            {
                return;
            }

            if (deadline == long.MaxValue)
            {
                ReturnTimer_NeedsLock();
            }
            else
            {
                _timer ??= timers.Rent(this);
                _timer.Arm(Due_NeedsLock());
            }
        }
    }

    /// <summary>The request no longer waits for its client.</summary>
    public void Resume()
    {
        lock (this)
        {
            if (_isPaused && !_ended && _timer is not null)
            {
                _timer.Arm(Due_NeedsLock());
            }

            _isPaused = false;
        }
    }

    /// <summary>Stops the deadline. The token keeps its state, for work that outlives the request, and keeps nothing of the request alive.</summary>
    public void Disarm()
    {
        lock (this)
        {
            _ended = true;
            _scope = null;
            _response = null;
            ReturnTimer_NeedsLock();
        }

        _client.Unregister();
    }

    /// <summary>Called on the timer's thread. The tick may be early, or belong to an earlier owner of the timer.</summary>
    public void OnTick()
    {
        lock (this)
        {
            if (_ended || _timer is null || IsCancellationRequested || HasStarted_NeedsLock() || Debugger.IsAttached)
            {
                return;
            }

            if (_scope is { IsWaitingForClient: true })
            {
                // Resume sets the timer again when the client has sent more.
                _isPaused = true;
                return;
            }

            // The process could not answer while it was suspended. Granted once: a process that is suspended repeatedly is overloaded.
            if (_suspended == 0 && _timer.SuspendedTicks() is > 0 and var suspended)
            {
                _suspended = suspended;
            }

            var due = Due_NeedsLock();
            if (!timers.HasPassed(due))
            {
                _timer.Arm(due);
                return;
            }

            Fired = true;
        }

        CancelSafely();
    }

    private long Due_NeedsLock() => _deadline + _suspended + (_scope?.ClientTicks ?? 0);

    // A started answer is not cut off: it may be a stream, and its client already has the status.
    // An event stream counts as started once it has its content type, since its first event may come late.
    private bool HasStarted_NeedsLock() =>
        _response is { } response
        && (response.HasStarted || response.Headers.ContentType.ToString().StartsWith(ServerSentEvents, StringComparison.OrdinalIgnoreCase));

    private void ReturnTimer_NeedsLock()
    {
        if (_timer is { } timer)
        {
            _timer = null;
            timers.Return(timer);
        }
    }

    // A throwing callback of the app would end the process from a timer's thread.
    private void CancelSafely() => Contained.Run(Cancel, timers.CallbackFailed);
}

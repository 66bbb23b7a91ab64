using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace Herz.Resilience.Pipeline.Cancellation;

/// <summary>
/// The cancellation of one request: by its deadline unless the answer has begun, or because the client left. The deadline
/// stands still while the request waits for its client's body, under a debugger, and while the process itself was held.
/// Never pooled, since work that outlives the request may still hold its token. It is its own lock, to spare a request
/// the object; nobody outside can reach it.
/// </summary>
internal sealed class DeadlineSource(DeadlineTimerPool timers, RequestScope scope, IHttpResponseFeature? response) : CancellationTokenSource
{
    private const string ServerSentEvents = "text/event-stream";

    private RequestScope? _scope = scope;
    private IHttpResponseFeature? _response = response;
    private CancellationTokenRegistration _client;
    private DeadlineTimer? _timer;
    private long _deadline = long.MaxValue;
    private long _held;
    private bool _isPaused;
    private bool _ended;

    /// <summary>Whether the deadline, not the client, was the cause.</summary>
    public bool Fired { get; private set; }

    /// <summary>Cancels with <paramref name="client"/>, the token that ends when the connection does.</summary>
    public void Link(CancellationToken client)
    {
        if (client.CanBeCanceled)
        {
            _client = client.UnsafeRegister(static state => ((DeadlineSource)state!).CancelSafely(), this);
        }
    }

    /// <summary>Moves the deadline. One that has passed fires on the timer's thread, not on the caller's.</summary>
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

    /// <summary>Ends the watch; the token stays as it is, for work that outlives the request, and keeps nothing of it alive.</summary>
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

    /// <summary>Called on the timer's thread; the tick may be early, or meant for an earlier owner of the timer.</summary>
    public void OnTick()
    {
        lock (this)
        {
            if (_ended || _timer is null || IsCancellationRequested || HasBegun_NeedsLock() || Debugger.IsAttached)
            {
                return;
            }

            if (_scope is { IsWaitingForClient: true })
            {
                // Until the client has sent on; Resume sets the timer again.
                _isPaused = true;
                return;
            }

            // Nothing of the process ran in that time, so nothing could be answered in it. Granted once: a process that is held
            // again and again is overloaded.
            if (_held == 0 && _timer.Held() is > 0 and var held)
            {
                _held = held;
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

    private long Due_NeedsLock() => _deadline + _held + (_scope?.ClientTicks ?? 0);

    // An answer that has begun is not cut: it may be a stream, and its client already has the status.
    // A stream of events is one from when it says so; its first event may be long in coming.
    private bool HasBegun_NeedsLock() =>
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

    private void CancelSafely()
    {
        try
        {
            Cancel();
        }
#pragma warning disable CA1031 // A throwing callback of the app would end the process from a timer thread.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            timers.CallbackFailed(exception);
        }
    }
}

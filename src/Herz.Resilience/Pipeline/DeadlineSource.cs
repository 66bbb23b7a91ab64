using Microsoft.AspNetCore.Http.Features;

namespace Herz.Resilience.Pipeline;

/// <summary>
/// The cancellation of one request: by its deadline unless the answer has begun, or because the client left.
/// Never pooled, since work that outlives the request may still hold its token. It is its own lock, to spare a request
/// the object; nobody outside can reach it.
/// </summary>
internal sealed class DeadlineSource(DeadlineTimerPool timers, IHttpResponseFeature? response) : CancellationTokenSource
{
    private const string ServerSentEvents = "text/event-stream";

    private IHttpResponseFeature? _response = response;
    private CancellationTokenRegistration _client;
    private DeadlineTimer? _timer;
    private long _deadline = long.MaxValue;
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
                _timer.Arm(deadline);
            }
        }
    }

    /// <summary>Ends the watch; the token stays as it is, for work that outlives the request, and keeps nothing of it alive.</summary>
    public void Disarm()
    {
        lock (this)
        {
            _ended = true;
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
            if (_ended || _timer is null || HasBegun_NeedsLock())
            {
                return;
            }

            if (!timers.HasPassed(_deadline))
            {
                _timer.Arm(_deadline);
                return;
            }

            Fired = true;
        }

        CancelSafely();
    }

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

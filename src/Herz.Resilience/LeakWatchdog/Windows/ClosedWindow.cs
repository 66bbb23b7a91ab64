using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>One window of one origin after it has closed: watches whether anything still holds its token.</summary>
internal sealed class ClosedWindow(OriginToken token, bool isLongLived, DateTimeOffset closedAt)
{
    private readonly WeakReference<OriginToken> _token = new(token);
    private long? _idleAt;
    private int _active = -1;
    private DateTimeOffset _activeSince;

    /// <summary>Its number.</summary>
    public long Window { get; } = token.Window;

    public WindowState State { get; private set; }

    /// <summary>Whether a full collection would tell what is not known yet.</summary>
    public bool AwaitsCollection => State == WindowState.Unknown && _idleAt is not null;

    /// <summary>Looks at the token once more.</summary>
    /// <param name="now">The time.</param>
    /// <param name="collections">What was collected.</param>
    /// <param name="settle">How long requests may take to end after the window has closed.</param>
    public void Look(DateTimeOffset now, FullCollections collections, TimeSpan settle)
    {
        if (State == WindowState.Clean || now - closedAt < settle)
        {
            return;
        }

        if (!_token.TryGetTarget(out var token))
        {
            State = WindowState.Clean;
            return;
        }

        if (token.Active > 0)
        {
            LookAtRequests(token.Active, now, settle);
            return;
        }

        _idleAt ??= collections.Begun;
        if (collections.LastFull > _idleAt)
        {
            State = WindowState.Leaky;
        }
    }

    // Slow requests become fewer as time goes by; those that hang stay as many as they were.
    private void LookAtRequests(int active, DateTimeOffset now, TimeSpan settle)
    {
        if (active != _active)
        {
            (_active, _activeSince) = (active, now);
            State = WindowState.Unknown;
        }
        else if (!isLongLived && now - _activeSince >= settle)
        {
            State = WindowState.Leaky;
        }
    }
}

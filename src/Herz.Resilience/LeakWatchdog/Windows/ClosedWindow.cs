using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>One window of one origin after it has closed: watches whether anything still holds its token.</summary>
internal sealed class ClosedWindow(OriginToken token, bool isLongLived, TimeSpan closedAt)
{
    // Slow requests, such as downloads and long polls, last some windows; those that hang last for ever.
    private const int HangsAfter = 40;

    private readonly WeakReference<OriginToken> _token = new(token);
    private long? _idleAt;
    private int _active = -1;
    private TimeSpan _activeSince;

    /// <summary>Its number.</summary>
    public long Window { get; } = token.Window;

    public WindowState State { get; private set; }

    /// <summary>When it closed, since the watch began.</summary>
    public TimeSpan ClosedAt => closedAt;

    /// <summary>How long work that was left behind lived before it ended after all; null where none was seen to.</summary>
    public TimeSpan? Lifetime { get; private set; }

    /// <summary>Whether a full collection would tell what is not known yet.</summary>
    public bool AwaitsCollection => State == WindowState.Unknown && _idleAt is not null;

    /// <summary>Looks at the token once more.</summary>
    /// <param name="now">The time since the watch began.</param>
    /// <param name="collections">What was collected.</param>
    /// <param name="settle">How long requests may take to end after the window has closed.</param>
    public void Look(TimeSpan now, FullCollections collections, TimeSpan settle)
    {
        if (State == WindowState.Clean || now - closedAt < settle)
        {
            return;
        }

        if (!_token.TryGetTarget(out var token))
        {
            Lifetime = State == WindowState.Leaky ? now - closedAt : null;
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

    // Slow requests become fewer as time goes by; those that hang stay as many as they were for long.
    private void LookAtRequests(int active, TimeSpan now, TimeSpan settle)
    {
        if (active != _active)
        {
            (_active, _activeSince) = (active, now);
            State = WindowState.Unknown;
        }
        else if (!isLongLived && now - _activeSince >= HangsAfter * settle)
        {
            State = WindowState.Leaky;
        }
    }
}

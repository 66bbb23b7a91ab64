using Herz.Resilience.Origins;

namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>One window of one origin after it has closed: watches whether anything still holds its token.</summary>
internal sealed class ClosedWindow(OriginToken token, bool isLongLived, TimeSpan closedAt)
{
    // Slow requests, such as downloads and long polls, last some windows; those that hang last for ever.
    private const int HangsAfter = 40;

    // Whether answers have begun is known of the windows that open after some requests have lasted as long.
    private const int WatchAfter = 4;

    private WeakReference<OriginToken>? _token = new(token);
    private bool _hasLeaked;
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

        if (!_token!.TryGetTarget(out var token))
        {
            Lifetime = _hasLeaked ? now - closedAt : null;
            State = WindowState.Clean;
            _token = null;
            return;
        }

        if (token.Active > 0)
        {
            LookAtRequests(token, now, settle);
        }
        else
        {
            _idleAt ??= collections.Begun;
            State = collections.LastFull > _idleAt ? WindowState.Leaky : State;
        }

        _hasLeaked |= State == WindowState.Leaky;
    }

    // Slow requests become fewer as time goes by; those that hang stay as many as they were for long, and never begin to answer.
    private void LookAtRequests(OriginToken token, TimeSpan now, TimeSpan settle)
    {
        var waiting = token.Active - token.Answering;
        if (waiting != _active || waiting <= 0)
        {
            (_active, _activeSince) = (waiting, now);
            State = WindowState.Unknown;
        }
        else if (isLongLived)
        {
            return;
        }
        else if (token.Source.Kind == OriginKind.Endpoint && !token.WatchesAnswers)
        {
            token.Source.WatchesAnswers |= now - _activeSince >= WatchAfter * settle;
        }
        else if (now - _activeSince >= HangsAfter * settle)
        {
            State = WindowState.Leaky;
        }
    }
}

using Herz.Resilience.Origins;

namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>A closed window of one origin. Checks whether anything still holds its token.</summary>
internal sealed class ClosedWindow(OriginToken token, bool isLongLived, TimeSpan closedAt)
{
    // In quarters of a window: slow requests, such as downloads and long polls, end within some windows.
    private const int HangsAfter = 40;

    // In quarters of a window: recording answer starts costs a callback per request, so it starts only after this time.
    private const int WatchAfter = 4;

    private WeakReference<OriginToken>? _token = new(token);
    private bool _hasLeaked;
    private long? _idleAt;
    private int _active = -1;
    private TimeSpan _activeSince;

    /// <summary>The number of the window.</summary>
    public long Window { get; } = token.Window;

    public WindowState State { get; private set; }

    /// <summary>The time at which it closed, since the start of <see cref="OriginWatch"/>.</summary>
    public TimeSpan ClosedAt => closedAt;

    /// <summary>How long left-behind work lived before it ended; null if it was not seen to end.</summary>
    public TimeSpan? Lifetime { get; private set; }

    /// <summary>Whether the state is unknown until a full collection.</summary>
    public bool AwaitsCollection => State == WindowState.Unknown && _idleAt is not null;

    /// <summary>Checks the token again.</summary>
    /// <param name="now">The time since the start of <see cref="OriginWatch"/>.</param>
    /// <param name="collections">The full collections so far.</param>
    /// <param name="settle">The time that requests may take to end after the window has closed.</param>
    public void Check(TimeSpan now, FullCollections collections, TimeSpan settle)
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
            CheckRequests(token, now, settle);
        }
        else
        {
            _idleAt ??= collections.LastStarted;
            State = collections.LastFull > _idleAt ? WindowState.Leaky : State;
        }

        _hasLeaked |= State == WindowState.Leaky;
    }

    // The number of slow requests falls over time; hanging requests keep their number and never start an answer.
    private void CheckRequests(OriginToken token, TimeSpan now, TimeSpan settle)
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

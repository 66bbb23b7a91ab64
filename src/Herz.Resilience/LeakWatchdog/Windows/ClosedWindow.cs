using Herz.Resilience.Origins;

namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>A closed window of one origin. Checks whether anything is left of its work.</summary>
internal sealed class ClosedWindow
{
    // In quarters of a window: slow requests, such as downloads and long polls, end within some windows.
    private const int HangsAfter = 40;

    // In quarters of a window: recording answer starts costs a callback per request, so it starts only after this time.
    private const int WatchAfter = 4;

    // Services and loops hold the token itself. Of requests, only what is left of them matters, so the token may stay here until they end.
    private readonly WeakReference<OriginToken>? _lent;
    private OriginToken? _token;
    private bool _hasLeaked;
    private long? _idleAt;
    private int _active = -1;
    private TimeSpan _activeSince;
    private long _before;
    private TimeSpan _beforeAt;

    public ClosedWindow(OriginToken token, TimeSpan closedAt)
    {
        Window = token.Window;
        ClosedAt = closedAt;
        if (token.Source.Kind.IsEndless())
        {
            _lent = new(token);
        }
        else
        {
            _token = token;
        }
    }

    /// <summary>The number of the window.</summary>
    public long Window { get; }

    public WindowState State { get; private set; }

    /// <summary>The time at which it closed, since the start of <see cref="OriginWatch"/>.</summary>
    public TimeSpan ClosedAt { get; }

    /// <summary>The number of requests that began in the window.</summary>
    public int Begun { get; private set; }

    /// <summary>The last time at which a full collection has proved that work is left.</summary>
    public TimeSpan ConfirmedAt { get; private set; }

    /// <summary>How long left-behind work lived before it ended; null if it was not seen to end.</summary>
    public TimeSpan? Lifetime { get; private set; }

    /// <summary>Whether the state is unknown until a collection.</summary>
    public bool AwaitsCollection => State == WindowState.Unknown && _idleAt is not null;

    /// <summary>Checks again what is left.</summary>
    /// <param name="now">The time since the start of <see cref="OriginWatch"/>.</param>
    /// <param name="collections">The full collections so far.</param>
    /// <param name="settle">The time that requests may take to end after the window has closed.</param>
    public void Check(TimeSpan now, FullCollections collections, TimeSpan settle)
    {
        if (State == WindowState.Clean || now - ClosedAt < settle)
        {
            return;
        }

        if (_token is { Active: > 0 } token)
        {
            CheckRequests(token, now, settle);
        }
        else if (IsAnythingLeft())
        {
            if (_idleAt is null)
            {
                _idleAt = _before = collections.LastStarted;
                _beforeAt = now;
            }

            if (collections.LastFull > _before)
            {
                // The collection started after the time noted before it.
                (State, ConfirmedAt) = (WindowState.Leaky, _beforeAt);
                (_before, _beforeAt) = (collections.LastStarted, now);
            }
        }
        else
        {
            Lifetime = _hasLeaked ? now - ClosedAt : null;
            State = WindowState.Clean;
            _token = null;
        }

        _hasLeaked |= State == WindowState.Leaky;
    }

    private bool IsAnythingLeft()
    {
        if (_lent is not null)
        {
            return _lent.TryGetTarget(out _);
        }

        Begun = _token!.Begun;
        return _token.TryGetRest(out _);
    }

    // The number of slow requests falls over time; hanging requests keep their number and never start an answer.
    private void CheckRequests(OriginToken token, TimeSpan now, TimeSpan settle)
    {
        Begun = token.Begun;
        var waiting = token.Active - token.Answering;
        if (waiting != _active || waiting <= 0)
        {
            (_active, _activeSince) = (waiting, now);
            State = WindowState.Unknown;
        }
        else if (token.Source.IsLongLived)
        {
            return;
        }
        else if (token.Source.Kind == OriginKind.Endpoint && !token.WatchesAnswers)
        {
            token.Source.WatchesAnswers |= now - _activeSince >= WatchAfter * settle;
        }
        else if (now - _activeSince >= HangsAfter * settle)
        {
            (State, ConfirmedAt) = (WindowState.Leaky, now);
        }
    }
}

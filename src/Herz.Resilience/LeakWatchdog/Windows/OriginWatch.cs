using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>Closes the windows in time, asks for the collection that proves what is alive, and tells which origins are under suspicion.</summary>
internal sealed class OriginWatch(Origins origins, FullCollections collections, Settings<LeakWatchdogOptions> settings, TimeProvider time)
{
    private readonly Dictionary<OriginSource, OriginWindows> _windows = [];
    private DateTimeOffset _closeAt = time.GetUtcNow() + settings.Value.Window;
    private DateTimeOffset _collectAt;

    /// <summary>A quarter of a window: how often it is worth looking, and how long requests may take to end after their window.</summary>
    public TimeSpan Step => settings.Value.Window / 4;

    /// <summary>The origins under suspicion.</summary>
    public IReadOnlyList<SuspectedOrigin> Suspects { get; private set; } = [];

    /// <summary>Closes the window if it is over, and looks at all that have closed.</summary>
    public void Look()
    {
        var now = time.GetUtcNow();
        if (now >= _closeAt)
        {
            _closeAt = now + settings.Value.Window;
            Close(now);
        }

        foreach (var (_, windows) in _windows)
        {
            windows.Look(now, collections, Step);
        }

        Suspects = [.. _windows.Where(static entry => entry.Value.IsSuspected)
            .Select(static entry => new SuspectedOrigin(entry.Key.Label, entry.Value.Known()))];
        if (now >= _collectAt && collections.CanRequest && _windows.Values.Any(static windows => windows.WantsCollection()))
        {
            _collectAt = now + settings.Value.Window;
            collections.Request();
        }
    }

    private void Close(DateTimeOffset now)
    {
        foreach (var (source, token) in origins.CloseWindow())
        {
            if (!_windows.TryGetValue(source, out var windows))
            {
                _windows.Add(source, windows = new OriginWindows());
            }

            windows.Add(new ClosedWindow(token, source.IsLongLived, now));
        }
    }
}

/// <summary>An origin under suspicion.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Windows">The windows of which something is known, the oldest first, and whether they leak.</param>
internal sealed record SuspectedOrigin(string Label, IReadOnlyList<(long Window, bool IsLeaky)> Windows);

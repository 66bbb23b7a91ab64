using Herz.Resilience.Configuration;

namespace Herz.Resilience.LeakWatchdog.Captures;

/// <summary>How often a suspicion may cost a capture: once a window, less and less often while it brings nothing new.</summary>
internal sealed class CaptureSchedule(Settings<LeakWatchdogOptions> settings, TimeProvider time)
{
    private const int LongestInWindows = 16;

    // At most two percent of the time.
    private const int LeastRest = 50;

    private readonly HashSet<string> _known = [];
    private readonly long _start = time.GetTimestamp();
    private TimeSpan? _last;
    private TimeSpan _next;
    private TimeSpan _rest;
    private int _windows = 1;

    /// <summary>Whether it is time for one.</summary>
    /// <param name="suspects">What is suspected; something that was not suspected before need not wait.</param>
    public bool IsDue(IReadOnlyCollection<string> suspects)
    {
        var isNew = !_known.IsSupersetOf(suspects);
        if (isNew)
        {
            _windows = 1;
            _next = _last is { } last ? last + Max(settings.Value.Window / 2, _rest) : TimeSpan.Zero;
        }

        if (time.GetElapsedTime(_start) < _next)
        {
            return false;
        }

        _known.Clear();
        _known.UnionWith(suspects);
        return true;
    }

    /// <summary>A capture was taken.</summary>
    /// <param name="duration">How long it took.</param>
    /// <param name="isNews">Whether it named anything that the one before did not, or the other way round.</param>
    public void Captured(TimeSpan duration, bool isNews)
    {
        _windows = isNews ? 1 : Math.Min(LongestInWindows, _windows * 2);
        _rest = duration * LeastRest;
        var now = time.GetElapsedTime(_start);
        _last = now;
        _next = now + Max(settings.Value.Window * _windows, _rest);
    }

    /// <summary>Nothing is suspected any more.</summary>
    public void Reset()
    {
        _known.Clear();
        _windows = 1;
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}

using Herz.Resilience.Configuration;

namespace Herz.Resilience.LeakWatchdog.Captures;

/// <summary>Limits the rate of captures: at most one per window, and less often while captures bring nothing new.</summary>
internal sealed class CaptureSchedule(Settings<LeakWatchdogOptions> settings, TimeProvider time)
{
    private const int MaxWindows = 16;

    // A rest of 50 times the duration limits captures to 2 % of the time.
    private const int RestFactor = 50;

    private readonly HashSet<string> _known = [];
    private readonly long _start = time.GetTimestamp();
    private TimeSpan? _last;
    private TimeSpan _next;
    private TimeSpan _rest;
    private int _windows = 1;

    /// <summary>Whether a capture is due.</summary>
    /// <param name="suspects">The current suspicions. A new one shortens the wait.</param>
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

    /// <summary>Records a capture.</summary>
    /// <param name="duration">Its duration.</param>
    /// <param name="isNews">Whether its named leaks differ from those of the previous capture.</param>
    public void Captured(TimeSpan duration, bool isNews)
    {
        _windows = isNews ? 1 : Math.Min(MaxWindows, _windows * 2);
        _rest = duration * RestFactor;
        var now = time.GetElapsedTime(_start);
        _last = now;
        _next = now + Max(settings.Value.Window * _windows, _rest);
    }

    /// <summary>Returns to the initial rate: there are no more suspicions.</summary>
    public void Reset()
    {
        _known.Clear();
        _windows = 1;
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}

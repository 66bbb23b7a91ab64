using Herz.Resilience.Configuration;

namespace Herz.Resilience.LeakWatchdog.Captures;

/// <summary>Limits the rate of captures: at most one per window, less often while captures bring nothing new, and within the budget.</summary>
internal sealed class CaptureSchedule(Settings<LeakWatchdogOptions> settings, CaptureBudget budget, TimeProvider time)
{
    private const int MaxWindows = 16;

    private readonly HashSet<string> _known = [];
    private readonly long _start = time.GetTimestamp();
    private TimeSpan? _last;
    private TimeSpan _next;
    private int _windows = 1;

    /// <summary>Whether a capture is due.</summary>
    /// <param name="suspects">The current suspicions. A new one shortens the wait.</param>
    public bool IsDue(IReadOnlyCollection<string> suspects)
    {
        var isNew = !_known.IsSupersetOf(suspects);
        if (isNew)
        {
            _windows = 1;
            _next = _last is { } last ? last + (settings.Value.Window / 2) : TimeSpan.Zero;
        }

        if (time.GetElapsedTime(_start) < _next || !budget.IsOpen)
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
        budget.Spend(duration);
        var now = time.GetElapsedTime(_start);
        _last = now;
        _next = now + (settings.Value.Window * _windows);
    }

    /// <summary>Returns to the initial rate: there are no more suspicions.</summary>
    public void Reset()
    {
        _known.Clear();
        _windows = 1;
    }
}

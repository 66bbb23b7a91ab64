using System.Runtime.InteropServices;

namespace Herz.Resilience.LoadShedding.Concurrency;

/// <summary>
/// Finds the symptom of contention in the windows of an endpoint: requests in flight grow, and neither has throughput risen
/// with them nor do those that end take as long as before. By Little's law (N = X·W, Operations Research 9-3, 1961) a growing N
/// is more throughput, as with more clients, or longer times, as with requests that wait for each other or a slower
/// dependency; only the second kind is suspicious, and only an <see cref="Experiment"/> distinguishes its two causes
/// (Netflix/concurrency-limits#171 asks for it). It needs no history, so it works from the first request of a process.
/// In flight is compared with throughput, not with times alone, as in failsafe-go's adaptive limiter. Not thread-safe.
/// </summary>
internal sealed class ContentionDetector
{
    private const int MostWindows = 48;
    private const int FewInFlight = 16;
    private const double Remembered = 10;
    private const double ShortestPause = 2;
    private const double LongestPause = 64;
    private const int Row = 5;

    private readonly List<LoadWindow> _windows = [];
    private double _examined;
    private double _notBefore = double.NegativeInfinity;
    private double _pause = ShortestPause;

    /// <summary>The growth that caused the suspicion.</summary>
    public Growth Growth { get; private set; }

    /// <summary>Whether requests in flight grow, so that more is measured.</summary>
    public bool IsGrowing { get; private set; }

    public void Clear() => _windows.Clear();

    /// <summary>An experiment started: the next one is worth its cost only with twice as many in flight, or some time later.</summary>
    public void Examined(double at, double inFlight)
    {
        _pause = at > _notBefore + LongestPause ? ShortestPause : Math.Min(2 * _pause, LongestPause);
        (_examined, _notBefore) = (inFlight, at + _pause);
    }

    /// <summary>There was contention: the next suspicion is examined at once.</summary>
    public void Confirmed() => (_examined, _notBefore, _pause) = (0, double.NegativeInfinity, ShortestPause);

    /// <summary>Takes a window. Returns whether the last seconds look like contention.</summary>
    public bool IsSuspicious(in LoadWindow window)
    {
        Keep(window);
        IsGrowing = false;
        if (window.After < FewInFlight)
        {
            return false;
        }

        var mayExamine = window.After >= 2 * _examined || window.At >= _notBefore;
        for (var count = 2; count <= _windows.Count; count = Math.Max(count + 1, count * 5 / 4))
        {
            var windows = CollectionsMarshal.AsSpan(_windows)[^count..];
            if (window.After <= windows[0].Before || !Growth.TryMeasure(windows, out var growth))
            {
                continue;
            }

            IsGrowing = true;
            if (mayExamine && growth.IsContention(Peak()))
            {
                Growth = growth;
                return true;
            }
        }

        return false;
    }

    // Older windows are merged; after an idle time the list starts again.
    private void Keep(in LoadWindow window)
    {
        if (window.After == 0)
        {
            _windows.Clear();
            return;
        }

        _windows.Add(window);
        if (_windows.Count > MostWindows)
        {
            for (var index = 0; index < MostWindows / 4; index++)
            {
                _windows[index] = _windows[index].And(_windows[index + 1]);
                _windows.RemoveAt(index + 1);
            }
        }

        while (window.At - _windows[0].At > Remembered)
        {
            _windows.RemoveAt(0);
        }
    }

    // The highest throughput over several consecutive windows.
    private double Peak()
    {
        double peak = 0, left = 0, seconds = 0;
        for (var index = 0; index < _windows.Count; index++)
        {
            left += _windows[index].Left;
            seconds += _windows[index].Seconds;
            if (index >= Row - 1)
            {
                peak = Math.Max(peak, left / seconds);
                left -= _windows[index - Row + 1].Left;
                seconds -= _windows[index - Row + 1].Seconds;
            }
        }

        return peak;
    }
}

using Herz.Resilience.Outbound.Dependencies;

namespace Herz.Resilience.Outbound.Throttling;

/// <summary>
/// The pure core of client-side throttling: "Handling Overload" in Site Reliability Engineering (O'Reilly 2016), chapter 21. A call is
/// refused with the probability (requests − k · accepts) / (requests + 1) of the last ten seconds. Exists only from the first rejection on.
/// Added here: it needs <see cref="Enough"/> rejections, in at least three different seconds; one call a second always passes, as in
/// go-zero's breaker; and each full second in which all calls sent were accepted takes a fifth off, so that it ends five seconds after the
/// dependency has recovered instead of growing back exponentially.
/// </summary>
/// <param name="frequency">Clock ticks per second.</param>
internal sealed class AdaptiveThrottle(long frequency)
{
    /// <summary>The fewest rejections of the window.</summary>
    public const int Enough = 20;

    private const int SecondsOfRejections = 3;
    private const int SecondsToRecover = 5;

    private readonly SlidingCount _requests = new(frequency);
    private readonly SlidingCount _refused = new(frequency);
    private readonly SlidingCount _rejected = new(frequency);
    private readonly SlidingCount _rejectingSeconds = new(frequency);
    private long _lastRejectingSecond;
    private long _lastRejection;
    private long _lastPass;

    /// <summary>Counts a call and decides whether it passes.</summary>
    /// <param name="now">The time.</param>
    /// <param name="ratio">k: the calls that are made for each accepted one.</param>
    /// <param name="random">A number from 0 to 1.</param>
    /// <param name="isEnforced">Whether a call that does not pass is really not sent.</param>
    public bool TryPass(long now, double ratio, double random, bool isEnforced = true)
    {
        var share = RefusedShare(now, ratio);
        _requests.Add(now);
        if (random >= share || TryTakeForcedPass(now))
        {
            return true;
        }

        if (isEnforced)
        {
            _refused.Add(now);
        }

        return false;
    }

    /// <summary>The share of calls that is refused now.</summary>
    public double RefusedShare(long now, double ratio)
    {
        if (_rejected.Sum(now) is var rejected && rejected < Enough || _rejectingSeconds.Sum(now) < SecondsOfRejections)
        {
            return 0;
        }

        var requests = _requests.Sum(now);
        var accepts = Math.Max(0, requests - rejected - _refused.Sum(now));
        var share = Math.Clamp((requests - (ratio * accepts)) / (requests + 1), 0, 1);
        var recovered = Math.Clamp((now - Volatile.Read(ref _lastRejection)) / frequency, 0, SecondsToRecover);
        return share * (SecondsToRecover - recovered) / SecondsToRecover;
    }

    /// <summary>The dependency rejected a call: it was overloaded or not reachable.</summary>
    public void Rejected(long now)
    {
        _rejected.Add(now);
        Volatile.Write(ref _lastRejection, now);
        var second = (now / frequency) + 1;
        var last = Volatile.Read(ref _lastRejectingSecond);
        if (second > last && Interlocked.CompareExchange(ref _lastRejectingSecond, second, last) == last)
        {
            _rejectingSeconds.Add(now);
        }
    }

    private bool TryTakeForcedPass(long now)
    {
        var last = Volatile.Read(ref _lastPass);
        return now - last >= frequency && Interlocked.CompareExchange(ref _lastPass, now, last) == last;
    }
}

using Herz.Resilience.Outbound.Dependencies;

namespace Herz.Resilience.Outbound.Hedging;

/// <summary>
/// When a hedge is sent, and how many: after the 95th percentile of the dependency's calls, at most 5 % of the calls of the last ten seconds,
/// and from the budget of retries. "The Tail at Scale" (Dean and Barroso, CACM 56-2, 2013).
/// </summary>
/// <param name="frequency">Clock ticks per second.</param>
internal sealed class HedgeLimit(long frequency)
{
    /// <summary>The share of calls that get a hedge.</summary>
    public const double Share = 0.05;

    private const double Percentile = 0.95;

    private readonly SlidingCount _hedges = new(frequency);
    private readonly Lock _lock = new();

    /// <summary>How long to wait for the first attempt; null while too few calls are known.</summary>
    public static TimeSpan? DelayOf(DependencySettings settings, Latencies? latencies) => settings.HedgeDelay ?? latencies?.Percentile(Percentile);

    /// <summary>Takes one hedge out of the share and the budget, if both have one left.</summary>
    public bool TryTake(TrackedDependency dependency, long now)
    {
        lock (_lock)
        {
            if (_hedges.Sum(now) + 1 > Share * dependency.Calls.Sum(now)
                || !dependency.Budget.TryCharge(now, 1, dependency.Settings.RetryBudget, dependency.Settings.MinRetries))
            {
                return false;
            }

            _hedges.Add(now);
            return true;
        }
    }
}

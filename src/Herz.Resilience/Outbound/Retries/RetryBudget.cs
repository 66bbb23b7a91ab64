using Herz.Resilience.Outbound.Dependencies;

namespace Herz.Resilience.Outbound.Retries;

/// <summary>
/// The budget of one dependency for retries and hedges: a share of the calls of the last ten seconds, and a floor for quiet times.
/// It is charged when the back-off begins, not when the retry is sent: otherwise every call that fails during one back-off passes
/// (envoyproxy/envoy#30205). A share of calls as in Finagle's RetryBudget; a window instead of a bucket, so that a quiet hour saves
/// nothing up for the next outage. Costs by kind of failure as in the AWS SDKs.
/// </summary>
/// <param name="calls">The calls of the dependency, without retries.</param>
/// <param name="frequency">Clock ticks per second.</param>
internal sealed class RetryBudget(SlidingCount calls, long frequency)
{
    private readonly SlidingCount _spent = new(frequency);
    private readonly Lock _lock = new();

    /// <summary>Charges the budget, if enough is left.</summary>
    /// <param name="now">The time.</param>
    /// <param name="cost">The cost of the retry; at least 1.</param>
    /// <param name="share">The share of calls.</param>
    /// <param name="floor">The minimum budget for ten seconds.</param>
    public bool TryCharge(long now, int cost, double share, int floor)
    {
        lock (_lock)
        {
            if (_spent.Sum(now) + cost > Limit(now, share, floor))
            {
                return false;
            }

            _spent.Add(now, cost);
            return true;
        }
    }

    /// <summary>What is left now; 0 or more.</summary>
    public double Left(long now, double share, int floor) => Math.Max(0, Limit(now, share, floor) - _spent.Sum(now));

    private double Limit(long now, double share, int floor) => Math.Max(share * calls.Sum(now), floor);
}

using Herz.Resilience.Pipeline;

namespace Herz.Resilience.Deadlines;

/// <summary>Reads the deadline of the request in scope.</summary>
internal sealed class RequestDeadlines(DeadlinesGuard guard, TimeProvider time, DeadlineMetrics metrics) : IDeadlines
{
    public TimeSpan? Remaining
    {
        get
        {
            var request = RemainingOfRequest();
            var lease = DeadlineLease.Current?.Remaining;
            return request is null ? lease : lease is null || request < lease ? request : lease;
        }
    }

    public IDeadlineLease Enter(string tier, CancellationToken cancellationToken = default)
    {
        var scope = RequestScope.Current;
        var tiers = guard.TiersOf(scope);

        // Code that enters a tier asks for a limit, so defaults are enforced here. In Observe and Off nothing is cancelled.
        var allotted = tiers.Enter(tier, Remaining);
        var duration = guard.Plan.Mode == EnforcementMode.Enforce ? allotted : Timeout.InfiniteTimeSpan;
        return new DeadlineLease(time, tier, duration, metrics.TierExceeded, scope?.Token ?? default, cancellationToken);
    }

    private TimeSpan? RemainingOfRequest()
    {
        var scope = RequestScope.Current;
        if (scope is not { IsLimited: true })
        {
            return null;
        }

        var left = time.GetElapsedTime(time.GetTimestamp(), scope.Deadline + scope.ClientTicks);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}

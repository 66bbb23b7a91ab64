using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LeakWatchdog;

/// <summary>Counts requests as they come and go: the load against which every trend is held.</summary>
internal sealed class RequestCounter : RequestGuard
{
    private long _arrived;
    private long _left;

    public override string Name => GuardNames.LeakWatchdog;

    public override GuardPhases Phases => GuardPhases.Arrive | GuardPhases.Exit;

    public long Arrived => Volatile.Read(ref _arrived);

    public long Active => Math.Max(0, Volatile.Read(ref _arrived) - Volatile.Read(ref _left));

    public override ValueTask<Refusal?> ArriveAsync(RequestScope scope)
    {
        Interlocked.Increment(ref _arrived);
        return default;
    }

    public override void Exit(RequestScope scope, in RequestOutcome outcome) => Interlocked.Increment(ref _left);
}

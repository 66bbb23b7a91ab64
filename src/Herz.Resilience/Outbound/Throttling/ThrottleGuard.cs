using Herz.Resilience.Outbound.Dependencies;
using Herz.Resilience.Outbound.Retries;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Calls;

namespace Herz.Resilience.Outbound.Throttling;

/// <summary>Refuses calls in proportion while a dependency rejects more than it accepts, sheddable ones first and critical ones last.</summary>
internal sealed class ThrottleGuard(OutboundMode mode, TimeProvider time, SplitMix random, CallRefusals refusals) : CallGuard
{
    private const double SheddableFactor = 0.75;
    private const double CriticalFactor = 1.5;
    private const double LowestRatio = 1.1;

    public override CallPlace Place => CallPlace.Throttling;

    public override CallRefusal? Enter(Dependency dependency, in OutgoingCall call, ref long ticket)
    {
        var isEnforced = mode.Current == EnforcementMode.Enforce;
        if (dependency.Part(this) is not ThrottlePart part || dependency is not TrackedDependency { Settings: { Throttle: true } settings }
            || part.Find(CallKind.Of(call.Request)) is not { } throttle
            || throttle.TryPass(call.Started, RatioOf(settings, call.Priority), random.NextDouble(), isEnforced))
        {
            return null;
        }

        if (!isEnforced)
        {
            refusals.Observed(dependency, Place);
            return null;
        }

        return new(Place.Name(), $"{dependency.Name} rejects more calls than it accepts, so {throttle.RefusedShare(call.Started, settings.ThrottleRatio):P0} of the calls are not sent.", TimeSpan.FromSeconds(1));
    }

    public override void Exit(Dependency dependency, in OutgoingCall call, long ticket, in CallOutcome outcome)
    {
        // A 500 is an answer of a dependency that has worked; only what it could not or would not work on counts.
        if (outcome.Result is CallResult.Unavailable or CallResult.Throttled or CallResult.TimedOut)
        {
            ref var part = ref dependency.Part(this);
            var throttles = part as ThrottlePart ?? Interlocked.CompareExchange(ref part, new ThrottlePart(time.TimestampFrequency), null) as ThrottlePart ?? (ThrottlePart)part!;
            throttles.Create(CallKind.Of(call.Request)).Rejected(outcome.Ended);
        }
    }

    /// <summary>The share of calls of the default priority that is refused now.</summary>
    public double ShareOf(TrackedDependency dependency, long now) =>
        dependency.Part(this) is ThrottlePart part ? part.Share(now, dependency.Settings.ThrottleRatio) : 0;

    private static double RatioOf(DependencySettings settings, RequestPriority priority) => priority switch
    {
        RequestPriority.Sheddable => Math.Max(LowestRatio, SheddableFactor * settings.ThrottleRatio),
        RequestPriority.Critical => CriticalFactor * settings.ThrottleRatio,
        _ => settings.ThrottleRatio,
    };
}

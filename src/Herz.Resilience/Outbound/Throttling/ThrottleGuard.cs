using Herz.Resilience.Outbound.Dependencies;
using Herz.Resilience.Outbound.Retries;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Calls;

namespace Herz.Resilience.Outbound.Throttling;

/// <summary>Refuses calls in proportion while a dependency rejects more than it accepts, sheddable ones first and critical ones last.</summary>
internal sealed class ThrottleGuard(OutboundMode mode, TimeProvider time, SplitMix random, CallRefusals refusals) : CallGuard
{
    private const int TooManyRequests = 429;
    private const double SheddableFactor = 0.75;
    private const double CriticalFactor = 1.5;
    private const double LowestRatio = 1.1;

    public override CallPlace Place => CallPlace.Throttling;

    public override CallRefusal? Enter(Dependency dependency, in OutgoingCall call, ref long ticket)
    {
        if (dependency.Part(this) is not ThrottlePart part || dependency is not TrackedDependency { Settings: { Throttle: true } settings })
        {
            return null;
        }

        var isEnforced = mode.Current == EnforcementMode.Enforce;
        var (kind, ratio) = (CallKind.Of(call.Request), RatioOf(settings, call.Priority));
        var now = call.Started;
        if ((Refusing(part.Find(kind)) ?? Refusing(part.FindAccount(kind, CallKind.AccountOf(call.Request)))) is not { } throttle)
        {
            return null;
        }

        if (!isEnforced)
        {
            refusals.Observed(dependency, Place);
            return null;
        }

        return new(Place.Name(), $"{dependency.Name} rejects more calls than it accepts, so {throttle.RefusedShare(now, settings.ThrottleRatio):P0} of the calls are not sent.", TimeSpan.FromSeconds(1));

        AdaptiveThrottle? Refusing(AdaptiveThrottle? throttle) =>
            throttle is null || throttle.TryPass(now, ratio, random.NextDouble(), isEnforced) ? null : throttle;
    }

    public override void Exit(Dependency dependency, in OutgoingCall call, long ticket, in CallOutcome outcome)
    {
        // A 500 is an answer of a dependency that has worked; only what it could not or would not work on counts.
        if (outcome.Result is CallResult.Unavailable or CallResult.Throttled or CallResult.TimedOut)
        {
            ref var part = ref dependency.Part(this);
            var throttles = part as ThrottlePart ?? Interlocked.CompareExchange(ref part, new ThrottlePart(time.TimestampFrequency), null) as ThrottlePart ?? (ThrottlePart)part!;
            var kind = CallKind.Of(call.Request);

            // A 429 is a matter of one account; others may be served.
            var throttle = outcome.Status == TooManyRequests ? throttles.CreateAccount(kind, CallKind.AccountOf(call.Request)) : throttles.Create(kind);
            throttle?.Rejected(outcome.Ended);
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

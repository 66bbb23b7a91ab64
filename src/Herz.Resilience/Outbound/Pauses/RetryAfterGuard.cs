using Herz.Resilience.Outbound.Dependencies;
using Herz.Resilience.Pipeline.Calls;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Outbound.Pauses;

/// <summary>Refuses calls before the time at which the dependency asked to be called again.</summary>
internal sealed class RetryAfterGuard(OutboundMode mode, TimeProvider time, CallRefusals refusals, ILogger<RetryAfterGuard> logger) : CallGuard
{
    public override CallPlace Place => CallPlace.RetryAfter;

    public override CallRefusal? Enter(Dependency dependency, in OutgoingCall call, ref long ticket)
    {
        if (dependency.Part(this) is not Pauses pauses || !pauses.IsAny(call.Started)
            || pauses.Of(KeyOf(call), call.Started) is not { } pause)
        {
            return null;
        }

        if (mode.Current != EnforcementMode.Enforce)
        {
            refusals.Observed(dependency, Place);
            return null;
        }

        var left = time.GetElapsedTime(call.Started, pause.Until);
        return new(Place.Name(), $"{dependency.Name} answered {pause.Status} and asked not to be called for another {left.TotalSeconds:0.0} s.", left, pause.Status == 429 ? 429 : 503);
    }

    public override void Exit(Dependency dependency, in OutgoingCall call, long ticket, in CallOutcome outcome)
    {
        ref var part = ref dependency.Part(this);
        if (outcome.Result == CallResult.Ok && part is Pauses known)
        {
            if (known.HasEvidence)
            {
                known.Succeeded(KeyOf(call));
            }
        }
        else if (outcome.RetryAfter is { } wait && wait > TimeSpan.Zero && dependency is TrackedDependency { Settings: var settings } && settings.MaxRetryAfter > TimeSpan.Zero)
        {
            Add(dependency, Find(ref part), call, outcome, wait < settings.MaxRetryAfter ? wait : settings.MaxRetryAfter, settings.PausesAll);
        }
    }

    private void Add(Dependency dependency, Pauses pauses, in OutgoingCall call, in CallOutcome outcome, TimeSpan wait, bool pausesAll)
    {
        var ticks = (long)(wait.TotalSeconds * time.TimestampFrequency);

        // A call that is not HTTP has no kind.
        if (pauses.Add(KeyOf(call), outcome.Ended, ticks, outcome.Status, pausesAll || call.Request is null))
        {
            logger.Paused(dependency.Name, outcome.Status, wait);
        }
    }

    private static CallKey KeyOf(in OutgoingCall call) => new(CallKind.Of(call.Request), CallKind.AccountOf(call.Request));

    private Pauses Find(ref object? part)
    {
        if (part is Pauses known)
        {
            return known;
        }

        var created = new Pauses(time.TimestampFrequency);
        return Interlocked.CompareExchange(ref part, created, null) as Pauses ?? created;
    }
}

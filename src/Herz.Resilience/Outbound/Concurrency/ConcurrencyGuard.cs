using System.Runtime.CompilerServices;
using Herz.Resilience.Outbound.Dependencies;
using Herz.Resilience.Pipeline.Calls;

namespace Herz.Resilience.Outbound.Concurrency;

/// <summary>Refuses a call while as many calls to its dependency are in flight as are configured. Without a limit it counts nothing.</summary>
internal sealed class ConcurrencyGuard(OutboundMode mode, CallRefusals refusals) : CallGuard
{
    private const long Counted = 1;

    public override CallPlace Place => CallPlace.Concurrency;

    public override CallRefusal? Enter(Dependency dependency, in OutgoingCall call, ref long ticket)
    {
        if (dependency is not TrackedDependency { Settings.MaxConcurrency: { } limit })
        {
            return null;
        }

        var flight = Find(ref dependency.Part(this));
        ticket = Counted;
        if (Interlocked.Increment(ref flight.Value) <= limit)
        {
            return null;
        }

        if (mode.Current != EnforcementMode.Enforce)
        {
            refusals.Observed(dependency, Place);
            return null;
        }

        Interlocked.Decrement(ref flight.Value);
        return new(Place.Name(), $"{dependency.Name} has {limit} calls in flight, as many as MaxConcurrency allows.", TimeSpan.FromSeconds(1));
    }

    // A call that entered before there was a limit has no ticket.
    public override void Exit(Dependency dependency, in OutgoingCall call, long ticket, in CallOutcome outcome)
    {
        if (ticket == Counted && dependency.Part(this) is StrongBox<int> flight)
        {
            Interlocked.Decrement(ref flight.Value);
        }
    }

    /// <summary>The calls in flight; 0 without a limit.</summary>
    public int InFlight(Dependency dependency) => dependency.Part(this) is StrongBox<int> flight ? Volatile.Read(ref flight.Value) : 0;

    private static StrongBox<int> Find(ref object? part)
    {
        if (part is StrongBox<int> known)
        {
            return known;
        }

        var created = new StrongBox<int>();
        return Interlocked.CompareExchange(ref part, created, null) as StrongBox<int> ?? created;
    }
}

using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.Pipeline.Outcomes;
using Herz.Resilience.Pipeline.Refusals;

namespace Herz.Resilience.Tests.Pipeline;

/// <summary>A guard that fails at one moment, in the place of load shedding or of the leak watchdog.</summary>
internal sealed class HostileGuard(string moment) : RequestGuard
{
    public override GuardPlace Place => GuardPlace.LoadShedding;

    public override GuardPhases Phases => GuardPhases.Arrive | GuardPhases.Enter | GuardPhases.Exit;

    public int Exits { get; private set; }

    public override ValueTask<Refusal?> ArriveAsync(RequestScope scope) => FailAsync("arrive");

    public override ValueTask<Refusal?> EnterAsync(RequestScope scope, GuardedEndpoint endpoint) => FailAsync("enter");

    public override void Exit(RequestScope scope, in RequestOutcome outcome)
    {
        Exits++;
        if (moment == "exit")
        {
            throw new InvalidOperationException("hostile");
        }
    }

    private ValueTask<Refusal?> FailAsync(string at) => moment switch
    {
        _ when moment == at => throw new InvalidOperationException("hostile"),
        _ when moment == at + " with a faulted task" => ValueTask.FromException<Refusal?>(new InvalidOperationException("hostile")),
        _ when moment == at + " later" => LaterAsync(new InvalidOperationException("hostile")),
        _ when moment == at + " with a cancellation of its own" => LaterAsync(new OperationCanceledException("hostile")),
        _ when moment == at + " with headers" => new(Refuse()),
        _ => default,
    };

    private static async ValueTask<Refusal?> LaterAsync(Exception exception)
    {
        await Task.Yield();
        throw exception;
    }

    private static Refusal Refuse() => new()
    {
        Guard = GuardPlace.LoadShedding.Name(),
        Rule = "hostile",
        StatusCode = 503,
        Type = ProblemTypes.TemporaryReducedCapacity,
        Title = "Refused.",
        WriteHeaders = static _ => throw new InvalidOperationException("hostile"),
    };
}

using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.Pipeline.Outcomes;
using Herz.Resilience.Pipeline.Refusals;

namespace Herz.Resilience.Tests.Pipeline;

/// <summary>A guard that throws at one moment, in the place of load shedding.</summary>
internal sealed class FaultyGuard(string moment) : RequestGuard
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
            throw new InvalidOperationException("faulty");
        }
    }

    private ValueTask<Refusal?> FailAsync(string at) => moment switch
    {
        _ when moment == at => throw new InvalidOperationException("faulty"),
        _ when moment == at + " with a faulted task" => ValueTask.FromException<Refusal?>(new InvalidOperationException("faulty")),
        _ when moment == at + " later" => LaterAsync(new InvalidOperationException("faulty")),
        _ when moment == at + " with a cancellation of the guard" => LaterAsync(new OperationCanceledException("faulty")),
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
        Rule = "faulty",
        StatusCode = 503,
        Type = ProblemTypes.TemporaryReducedCapacity,
        Title = "Refused.",
        WriteHeaders = static _ => throw new InvalidOperationException("faulty"),
    };
}

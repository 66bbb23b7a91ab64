using Herz.Resilience.LoadShedding;
using Herz.Resilience.LoadShedding.Concurrency;
using Herz.Resilience.LoadShedding.Queueing;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.Tests.LoadShedding.Simulation;

internal enum SimulatedOutcome
{
    Waiting,
    Running,
    Answered,
    Late,
    Refused,
}

/// <summary>One request: decided about, perhaps waiting, running, ended.</summary>
internal sealed class SimulatedRequest(SimulatedApp app, EndpointGate gate, IServer server)
{
    public required long Arrived { get; init; }

    public required long Deadline { get; init; }

    public required RequestPriority Rank { get; init; }

    public string Endpoint => gate.Key;

    public long Began { get; private set; }

    public long Ended { get; private set; }

    public SimulatedOutcome Outcome { get; private set; }

    /// <summary>Lets go of the thread that the request runs on, where threads are simulated.</summary>
    public Action? Release { get; set; }

    /// <summary>What it took, waiting included.</summary>
    public double Seconds => (Ended - Arrived) / (double)Simulator.Second;

    /// <summary>How long it was held before it began, in seconds.</summary>
    public double Held => Began == 0 ? 0 : (Began - Arrived) / (double)Simulator.Second;

    /// <summary>Called when it has ended or was refused.</summary>
    public Action? Then { get; init; }

    /// <summary>When it arrived, in seconds since the run began.</summary>
    public double Since => (double)(Arrived - Simulator.Begin) / Simulator.Second;

    /// <summary>Whether it runs at once, on this thread.</summary>
    public bool Decide()
    {
        if (!app.Shedding || gate.TryEnter(Rank))
        {
            Run();
            return true;
        }

        var place = new Place(this) { Priority = Rank, Since = app.Now, Deadline = Deadline };
        switch (app.Shedder.Offer(gate, place))
        {
            case Verdict.Admitted:
                Run();
                return true;
            case Verdict.Refused:
                End(SimulatedOutcome.Refused);
                return false;
            default:
                return false;
        }
    }

    private void Run()
    {
        Outcome = SimulatedOutcome.Running;
        Began = app.Now;
        var holds = Release is not null;
        if (!holds && app.Shedding)
        {
            gate.Release(double.NaN, double.NaN);
        }

        server.Serve(Deadline, isServed =>
        {
            var inTime = isServed && app.Now <= Deadline;
            End(inTime && app.Now - Arrived <= SimulatedApp.InTime ? SimulatedOutcome.Answered : SimulatedOutcome.Late);
            var release = Release;
            Release = null;
            if (app.Shedding)
            {
                if (holds)
                {
                    gate.Release((app.Now - Began) / 1e9, server.Computes * (app.Now - Began) / 1e9);
                }

                gate.Leave(Began, app.Now, inTime ? RequestEnding.Answered : RequestEnding.GivenUp, holdsThread: false);
            }

            release?.Invoke();
        });
    }

    private void End(SimulatedOutcome outcome)
    {
        Outcome = outcome;
        Ended = app.Now;
        if (Then is not null)
        {
            app.After(0, Then);
        }
    }

    private void Settled(bool admitted)
    {
        if (!admitted)
        {
            End(SimulatedOutcome.Refused);
            return;
        }

        if (app.Pool is null)
        {
            Run();
            return;
        }

        Outcome = SimulatedOutcome.Running;
        if (gate.IsInBulkhead)
        {
            // On a thread of the bulkhead.
            Release = static () => { };
            Run();
            return;
        }

        app.Pool.Queue(release =>
        {
            Release = release;
            Run();
        });
    }

    private sealed class Place(SimulatedRequest request) : Waiter
    {
        public override void Settle(bool admitted, long now) => request.Settled(admitted);
    }
}

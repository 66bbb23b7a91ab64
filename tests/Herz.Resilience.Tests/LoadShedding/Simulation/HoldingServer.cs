namespace Herz.Resilience.Tests.LoadShedding.Simulation;

/// <summary>A handler that keeps its thread for as long as it takes.</summary>
internal sealed class HoldingServer(Simulator simulator, Func<double> seconds, double computes) : IServer
{
    public double Computes => computes;

    public void Serve(long giveUpAt, Action<bool> done) => simulator.After((long)(seconds() * Simulator.Second), () => done(true));
}

namespace Herz.Resilience.Tests.LoadShedding.Simulation;

/// <summary>A dependency that serves any number at once: how many are in flight makes none of them slower.</summary>
/// <param name="simulator">The run.</param>
/// <param name="seconds">Draws how long one takes.</param>
internal sealed class DelayServer(Simulator simulator, Func<double> seconds) : IServer
{
    /// <summary>Until when nothing ends: what would, ends then, as after a pause or a stall.</summary>
    public long FrozenUntil { get; set; }

    public void Serve(long giveUpAt, Action<bool> done) => simulator.After((long)(seconds() * Simulator.Second), () => End(done));

    private void End(Action<bool> done)
    {
        if (simulator.Now < FrozenUntil)
        {
            simulator.At(FrozenUntil, () => End(done));
            return;
        }

        done(true);
    }
}

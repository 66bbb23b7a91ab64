namespace Herz.Resilience.Tests.LoadShedding.Simulation;

/// <summary>A dependency that works on all at once and shares itself among them: processor sharing.</summary>
/// <param name="simulator">The run.</param>
/// <param name="cores">How many it serves at full speed.</param>
/// <param name="seconds">Draws how long one takes alone.</param>
internal sealed class SharingServer(Simulator simulator, int cores, Func<double> seconds) : IServer
{
    private readonly PriorityQueue<Action<bool>, double> _running = new();
    private double _served;
    private long _at = simulator.Now;
    private long _version;

    public void Serve(long giveUpAt, Action<bool> done)
    {
        Advance();
        _running.Enqueue(done, _served + seconds());
        Schedule();
    }

    // What each has been served of its time, were it there from the begin.
    private void Advance()
    {
        _served += (simulator.Now - _at) / (double)Simulator.Second * Speed();
        _at = simulator.Now;
    }

    private double Speed() => _running.Count <= cores ? 1 : (double)cores / _running.Count;

    private void Schedule()
    {
        var version = ++_version;
        if (_running.TryPeek(out _, out var ends))
        {
            simulator.After((long)Math.Ceiling(Math.Max(0, ends - _served) / Speed() * Simulator.Second), () =>
            {
                if (version == _version)
                {
                    Advance();
                    var done = _running.Dequeue();
                    Schedule();
                    done(true);
                }
            });
        }
    }
}

namespace Herz.Resilience.Tests.LoadShedding.Simulation;

/// <summary>A dependency with a number of slots, such as a connection pool: who finds none free waits in turn.</summary>
/// <param name="simulator">The run.</param>
/// <param name="slots">How many are served at once.</param>
/// <param name="seconds">Draws how long one takes.</param>
/// <param name="cancels">Whether one that waits leaves when its deadline passes.</param>
internal sealed class SlotServer(Simulator simulator, int slots, Func<double> seconds, bool cancels = true) : IServer
{
    private readonly Queue<Waiting> _waiting = new();
    private int _busy;

    public int Slots { get; set; } = slots;

    public void Serve(long giveUpAt, Action<bool> done)
    {
        if (_busy < Slots)
        {
            Begin(done);
            return;
        }

        var waiting = new Waiting(done);
        _waiting.Enqueue(waiting);
        if (cancels && giveUpAt != long.MaxValue)
        {
            simulator.At(giveUpAt, () =>
            {
                if (!waiting.Begun)
                {
                    waiting.Begun = true;
                    done(false);
                }
            });
        }
    }

    private void Begin(Action<bool> done)
    {
        _busy++;
        simulator.After((long)(seconds() * Simulator.Second), () =>
        {
            _busy--;
            while (_busy < Slots && _waiting.TryDequeue(out var next))
            {
                if (!next.Begun)
                {
                    next.Begun = true;
                    Begin(next.Done);
                }
            }

            done(true);
        });
    }

    private sealed class Waiting(Action<bool> done)
    {
        public Action<bool> Done => done;

        public bool Begun { get; set; }
    }
}

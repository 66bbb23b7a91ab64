using Herz.Resilience.LoadShedding;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.Tests.LoadShedding.Simulation;

/// <summary>An app whose requests pass the shedder, and what became of them.</summary>
internal sealed class SimulatedApp
{
    /// <summary>What a client waits for; an answer that takes longer is of no use.</summary>
    public const long InTime = 800 * Simulator.Millisecond;

    private readonly Simulator _simulator;

    public SimulatedApp(Simulator simulator, bool shedding = true, ThreadPoolServer? pool = null)
    {
        _simulator = simulator;
        Shedding = shedding;
        Pool = pool;
        Shedder = new Shedder(new ShedderSettings(1_000, 100 * Simulator.Millisecond), Simulator.Second, cores: 2);
        simulator.Every(10 * Simulator.Millisecond, () => Shedder.Sweep(simulator.Now));
        if (pool is not null)
        {
            Ask();
        }
    }

    public Shedder Shedder { get; }

    public bool Shedding { get; }

    public ThreadPoolServer? Pool { get; }

    public double Cpu { get; set; }

    public List<SimulatedRequest> Requests { get; } = [];

    public void Arrive(string endpoint, IServer server, RequestPriority priority = RequestPriority.Default, long within = InTime, Action? then = null)
    {
        var request = new SimulatedRequest(this, Shedder.Gate(endpoint), server) { Arrived = _simulator.Now, Deadline = within == long.MaxValue ? within : _simulator.Now + within, Rank = priority, Then = then };
        Requests.Add(request);
        if (Pool is null)
        {
            request.Decide();
            return;
        }

        // The hops of Kestrel before the app sees the request.
        Pool.Queue(15_000, () => Pool.Queue(release =>
        {
            request.Release = release;
            if (!request.Decide())
            {
                release();
            }
        }));
    }

    public long Now => _simulator.Now;

    public void After(long delay, Action action) => _simulator.After(delay, action);

    private void Ask()
    {
        var asked = _simulator.Now;
        Pool!.Queue(2_000, () =>
        {
            Shedder.ObservePool(_simulator.Now, _simulator.Now - asked, Cpu);
            _simulator.After(10 * Simulator.Millisecond, Ask);
        });
    }
}

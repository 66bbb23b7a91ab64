namespace Herz.Resilience.Tests.LoadShedding.Simulation;

/// <summary>Apps that are well, with times that are correlated as in life: the whole dependency is slower for a while.</summary>
internal static class Healthy
{
    public const string SlowerEachMinute = "20 to 200 ms for 5 s of each minute";

    public static readonly string[] Scenarios =
    [
        SlowerEachMinute,
        "the same, as by chance",
        "the same, exactly",
        "half of them 20 to 200 ms",
        "nine of ten 5 ms to 2 s",
        "20 to 350 ms for good",
        "20 ms to 1 s for good",
        "20 ms to 2 s for good, as by chance",
        "alternates each second",
        "slow ramps",
        "steep ramps",
        "steep ramps, exactly",
        "freezes",
        "frozen connections",
        "peaks of ten times the usual",
        "peaks, one takes a second",
        "varies a hundredfold",
        "of two kinds",
        "batches of 200",
        "closed loop",
        "long poll",
    ];

    private const string Endpoint = "GET /orders";

    public static SimulatedApp Run(string scenario, double perSecond, int seed, double seconds)
    {
        var simulator = new Simulator(seed);
        var app = new SimulatedApp(simulator);
        double Time() => (simulator.Now - Simulator.Begin) / (double)Simulator.Second;
        void Load(IServer server, Func<double, double>? rate = null) =>
            simulator.Arrivals(rate ?? (_ => perSecond), seconds, () => app.Arrive(Endpoint, server, within: long.MaxValue));
        DelayServer Delay(Func<double, double> mean, double variation = 0.3) => new(simulator, () => simulator.LogNormal(mean(Time()), variation));

        switch (scenario)
        {
            case SlowerEachMinute:
                Load(Delay(static at => at % 60 < 5 ? 0.200 : 0.020));
                break;
            case "the same, as by chance":
                Load(Delay(static at => at % 60 < 5 ? 0.200 : 0.020, 1));
                break;
            case "the same, exactly":
                Load(new DelayServer(simulator, () => Time() % 60 < 5 ? 0.200 : 0.020));
                break;
            case "half of them 20 to 200 ms":
                Load(new DelayServer(simulator, () => Time() % 60 < 5 && simulator.Random.NextDouble() < 0.5 ? 0.200 : 0.020));
                break;
            case "nine of ten 5 ms to 2 s":
                Load(new DelayServer(simulator, () => Time() % 30 < 3 && simulator.Random.NextDouble() < 0.9 ? 2 : 0.005));
                break;
            case "20 to 350 ms for good":
                Load(Delay(static at => at < 20 ? 0.020 : 0.350));
                break;
            case "20 ms to 1 s for good":
                Load(Delay(static at => at < 20 ? 0.020 : 1));
                break;
            case "20 ms to 2 s for good, as by chance":
                Load(Delay(static at => at < 20 ? 0.020 : 2, 1));
                break;
            case "alternates each second":
                Load(Delay(static at => at % 2 < 1 ? 0.020 : 0.300));
                break;
            case "slow ramps":
                Load(Delay(static at => 0.020 + (0.5 * Math.Abs((at % 40) - 20) / 20)));
                break;
            case "steep ramps":
                Load(Delay(static at => 0.020 + Math.Max(0, 2 - Math.Abs((at % 30) - 10))));
                break;
            case "steep ramps, exactly":
                Load(new DelayServer(simulator, () => 0.020 + (0.6 * Math.Max(0, 1 - Math.Abs((Time() % 20) - 10)))));
                break;
            case "freezes":
                var freezing = Delay(static _ => 0.020);
                simulator.Every(7 * Simulator.Second, () => freezing.FrozenUntil = simulator.Now + (long)((0.5 + (2.5 * simulator.Random.NextDouble())) * Simulator.Second));
                Load(freezing);
                break;
            case "frozen connections":
                // One of three connections stalls for a second: a third of the requests waits.
                Load(new DelayServer(simulator, () => Time() % 10 < 1 && simulator.Random.Next(3) == 0 ? 1 - (Time() % 10) : 0.020));
                break;
            case "peaks of ten times the usual":
                Load(Delay(static _ => 0.050), at => at % 60 < 5 ? 10 * perSecond : perSecond);
                break;
            case "peaks, one takes a second":
                Load(Delay(static _ => 0.8, 0.2), at => at % 60 < 5 ? 10 * perSecond : perSecond);
                break;
            case "varies a hundredfold":
                Load(Delay(static _ => 0.050, 5));
                break;
            case "of two kinds":
                Load(new DelayServer(simulator, () => simulator.Random.NextDouble() < 0.8 ? 0.004 : 0.400));
                break;
            case "batches of 200":
                var slots = new SlotServer(simulator, 8, simulator.Of(ServiceTimes.Exponential));
                simulator.Every(5 * Simulator.Second, () =>
                {
                    for (var index = 0; index < 200 && Time() < seconds; index++)
                    {
                        app.Arrive(Endpoint, slots, within: long.MaxValue);
                    }
                });
                Load(slots, static _ => 50);
                break;
            case "closed loop":
                var shared = new SlotServer(simulator, 8, simulator.Of(ServiceTimes.Exponential));
                for (var client = 0; client < 48; client++)
                {
                    Loop(shared);
                }

                break;
            case "long poll":
                var polls = new List<Action<bool>>();
                var server = new Polled(polls);
                for (var client = 0; client < 60; client++)
                {
                    Loop(server);
                }

                simulator.Every(200 * Simulator.Millisecond, () =>
                {
                    if (Time() % 60 < 35)
                    {
                        var all = polls.ToArray();
                        polls.Clear();
                        Array.ForEach(all, static poll => poll(true));
                    }
                });
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(scenario), scenario, null);
        }

        simulator.Run(seconds + 30);
        return app;

        void Loop(IServer server) => app.Arrive(Endpoint, server, within: long.MaxValue, then: () =>
        {
            if (Time() < seconds)
            {
                Loop(server);
            }
        });
    }

    private sealed class Polled(List<Action<bool>> polls) : IServer
    {
        public void Serve(long giveUpAt, Action<bool> done) => polls.Add(done);
    }
}

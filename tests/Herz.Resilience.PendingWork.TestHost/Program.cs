using System.Globalization;
using System.Text.Json;
using Herz.Resilience.PendingWork;
using Herz.Resilience.PendingWork.TestHost;

const int LongPause = 10_000;

// Leaks as requested and prints the profile, for the tests and for the numbers of the README.
switch (args[0])
{
    case "leaks":
        LeakAll();
        Write(PendingWorkSweep.Full);
        return 0;
    case "leaks-by":
        LeakAll();
        Write(PendingWorkSweep.Full, Method(1), args.Length > 2 ? Number(2) : LongPause);
        return 0;
    case "kinds":
        Kinds.Start(Number(1));
        Write(PendingWorkSweep.Full, Method(2));
        return 0;
    case "cut-off":
        LeakAll();
        Capture(new() { Collect = PendingWorkSweep.Full, MaxOperations = Number(1), Timers = false, Registrations = false }, Method(2)).WriteTo(Console.Out, PendingWorkFormat.Json);
        return 0;
    case "blocked":
        Blocked.Start(Number(1));
        Write(PendingWorkSweep.Full);
        return 0;
    case "confined":
        return Confined.Become(Environment.ProcessPath!, args[1..]);
    case "home":
        LeakAll();
        Environments.Report();
        return 0;
    case "neighbours":
        LeakAll();
        OtherTraces.Report();
        return 0;
    case "abandon":
        Ballast.Fill(Number(1));
        LeakAll();
        OtherTraces.Abandon(Number(2));
        return 0;
    case "squeeze":
        Ballast.Fill(Number(1));
        LeakAll();
        OtherTraces.Squeeze(Number(2));
        return 0;
    case "latency":
        LeakAll();
        GC.Collect();
        Latency.Report(args[1]);
        return 0;
    case "starve":
        Environments.Starve(Number(1));
        return 0;
    case "old-garbage":
        OldGarbage.Create(Number(1));
        Write(Enum.Parse<PendingWorkSweep>(args[2]));
        return 0;
    case "leak":
        Leak(args[1], Number(2), Method(3));
        return 0;
    case "origins":
        for (var others = 0; others < 24; others++)
        {
            Origins.Start($"GET /orders/{others}", 100 + others, 10, others);
        }

        Write(PendingWorkSweep.Full);
        return 0;
    case "garbage":
        LeakAll();
        Ballast.Fill(20);
        GC.Collect();
        var passed = Garbage.ReadRandom(Number(1));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{{\"probed\":{Number(1)},\"passed\":{passed}}}"));
        return 0;
    case "twin":
        return Twins.Hold(mayUnshare: args[1] == "unshare");
    case "storm":
        return Measures.Storm(Number(1), Method(2), LeakAll);
    case "allocate":
        return Measures.Allocate(Number(1), Number(2), Method(3), LeakAll);
    case "heap":
        return Measures.Heap(Number(1), LeakAll);
    case "many":
        return Measures.Many(Number(1));
    default:
        await Console.Error.WriteLineAsync($"unknown command: {args[0]}");
        return 2;
}

// All capture methods, unless one is given.
CaptureMethod? Method(int index) => args.Length > index ? Enum.Parse<CaptureMethod>(args[index]) : null;

int Number(int index) => int.Parse(args[index], CultureInfo.InvariantCulture);

static void LeakAll()
{
    for (var i = 0; i < 1000; i++)
    {
        _ = Orders.Handle();
    }

    for (var i = 0; i < 700; i++)
    {
        _ = new Subscriber().Pump();
    }

    for (var i = 0; i < 300; i++)
    {
        _ = Lifetime.WaitLinked();
    }

    LookAlikes.Start(cached: 2000, loops: 20, abandoned: 500);
    SpinWait.SpinUntil(static () => Orders.Waiting == 1000);
    Measures.Settle();
}

// Works like a watchdog: captures before and after the leak and prints the growth.
static void Leak(string kind, int count, CaptureMethod? method)
{
    var options = new PendingWorkOptions { Collect = PendingWorkSweep.Full, HeapByType = true, Threads = true, LongestPause = TimeSpan.FromMilliseconds(LongPause) };
    LeakKinds.Prepare();
    LeakKinds.Start(kind, 1);
    Measures.Settle();
    var before = Capture(options, method);
    LeakKinds.Start(kind, count);
    Measures.Settle();
    var difference = Capture(options, method).Since(before);
    Console.WriteLine(JsonSerializer.Serialize(new
    {
        pending = difference.Changes.Select(static c => new { c.Method, c.Awaits, c.Growth }),
        types = difference.HeapChanges.Select(static c => new { c.Type, c.CountGrowth }),
    }));
}

static void Write(PendingWorkSweep collect, CaptureMethod? method = null, int longestPause = LongPause)
{
    Measures.Settle();
    var options = new PendingWorkOptions { Collect = collect, Origins = [Origins.Marker], Threads = true, LongestPause = TimeSpan.FromMilliseconds(longestPause) };
    Capture(options, method).WriteTo(Console.Out, PendingWorkFormat.Json);
}

static PendingWorkProfile Capture(PendingWorkOptions options, CaptureMethod? method) =>
    method is { } only ? Measures.Only(only, options) : PendingWorkProfile.Capture(options);

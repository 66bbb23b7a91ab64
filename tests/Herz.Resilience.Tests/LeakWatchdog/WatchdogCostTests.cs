using Herz.Resilience.Configuration;
using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LeakWatchdog.Windows;
using Herz.Resilience.Origins;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.LeakWatchdog;

/// <summary>The watchdog costs nothing while nothing leaks: memory, allocations and collections of an app with very many endpoints.</summary>
[Collection(MeasuredMemory.Name)]
public sealed class WatchdogCostTests
{
    private const int Endpoints = 2_000;
    private const int Windows = 240;
    private const long MaxBytes = 5 * 1024 * 1024;

    private static readonly TimeSpan s_quarter = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();
    private readonly CountedCollections _collections = new();
    private readonly OriginRegistry _registry;
    private readonly OriginWatch _watch;

    public WatchdogCostTests()
    {
        _registry = new OriginRegistry(_time);
        _watch = new OriginWatch(_registry, _collections, new Settings<LeakWatchdogOptions>(new LeakWatchdogOptions(), EnforcementMode.Enforce), _time);
    }

    [Fact]
    public void HealthyEndpoints_KeepFiveMegabytesAtMost_AndNeedNoFullCollection()
    {
        // The strings of the routes belong to the app.
        string[] names = [.. Enumerable.Range(0, Endpoints).Select(static number => $"GET /resources/{number}/{{id}}")];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var window = 0; window < Windows; window++)
        {
            foreach (var name in names)
            {
                Serve(name);
            }

            PassWindow();
        }

        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;

        Assert.InRange(kept, 0, MaxBytes);

        // A collection of the app may run amid a request, whose rest is then old.
        Assert.InRange(_collections.Full, 0, Windows / 100);
        Assert.Empty(_watch.Suspects);
        GC.KeepAlive(names);
    }

    [Fact]
    public void LookWithoutRequests_AllocatesNothing_AndCollectsNothing()
    {
        for (var number = 0; number < Endpoints; number++)
        {
            Serve($"GET /{number}");
        }

        PassWindow();
        PassWindow();
        PassWindow();
        var (young, full) = (_collections.Young, _collections.Full);

        Assert.Equal(0, Allocation.Of(PassWindow));
        Assert.Equal((young, full), (_collections.Young, _collections.Full));
        Assert.Equal(0, _watch.Undecided);
    }

    [Fact]
    public async Task WholeLookOfAQuietApp_AllocatesNothing()
    {
        await using var app = await TestApp.StartAsync(static _ => { }, time: _time);
        var watch = app.Services.GetRequiredService<LeakWatch>();
        watch.Check();

        Assert.Equal(0, Allocation.Of(() =>
        {
            // Less than the window: the thread of the app has nothing to do at the same time.
            watch.Check();
            watch.Check();
        }));
    }

    [Fact]
    public void WorkLeftBehindInThreeWindows_RequestsAFullCollection()
    {
        List<BackgroundScope> left = [];
        for (var window = 0; window < 3; window++)
        {
            left.Add(Serve("GET /leak"));
            PassWindow();
        }

        PassWindow();

        Assert.InRange(_collections.Full, 1, 2);
        Assert.Equal("GET /leak", Assert.Single(_watch.Suspects).Label);
        GC.KeepAlive(left);
    }

    private BackgroundScope Serve(string name)
    {
        var scope = new BackgroundScope { Origin = _registry.Of(name, OriginKind.Endpoint).Take() };
        scope.EndOrigin();
        return scope;
    }

    private void PassWindow()
    {
        for (var quarter = 0; quarter < 4; quarter++)
        {
            _time.Advance(s_quarter);
            _watch.Check();
        }
    }

    private sealed class CountedCollections : FullCollections
    {
        public int Young { get; private set; }

        public int Full { get; private set; }

        public override bool CanRequest => true;

        public override void CollectYoung()
        {
            Young++;
            base.CollectYoung();
        }

        public override void Request()
        {
            Full++;
            GC.Collect();
        }
    }
}

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredMemory
{
    public const string Name = "Measured memory";
}

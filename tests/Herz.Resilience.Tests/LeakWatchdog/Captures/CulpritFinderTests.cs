using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LeakWatchdog.Captures;
using Herz.Resilience.LeakWatchdog.Windows;
using Herz.Resilience.Origins;
using Herz.Resilience.PendingWork;

namespace Herz.Resilience.Tests.LeakWatchdog.Captures;

public sealed class CulpritFinderTests
{
    private const string Endpoint = "GET /orders/{id}";
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);

    private readonly List<PendingOperation> _operations = [];

    [Fact]
    public void WorkOfThreeWindows_IsNamedWithCountRateShareAndStart()
    {
        Add("Orders.Repository.LoadAsync", "Channel<Order> read", 60, 120, 120);
        Add("Orders.Other.SaveAsync", "Task.Delay", 33, 33, 34);

        var leaks = Find(windows: 3);

        Assert.Equal(["Orders.Repository.LoadAsync", "Orders.Other.SaveAsync"], leaks.Select(leak => leak.Method));
        Assert.Equal((Endpoint, "Channel<Order> read", 300), (leaks[0].Origin, leaks[0].Awaits, (int)leaks[0].Pending));
        Assert.Equal(100, leaks[0].PerMinute, 0.1);
        Assert.Equal(0.75, leaks[0].Share, 0.001);
        Assert.Equal(WindowAt(0), leaks[0].FirstSeen);
    }

    [Fact]
    public void WorkOfTheOpenWindow_DoesNotCount()
    {
        Add("Orders.Repository.LoadAsync", "Task.Delay", 60, 120, 120, 5000);

        Assert.Equal(300, Assert.Single(Find(windows: 3)).Pending);
    }

    [Fact]
    public void WorkOfAnotherOrigin_DoesNotCount()
    {
        Add("Orders.Repository.LoadAsync", "Task.Delay", 60, 120, 120);

        Assert.Empty(CulpritFinder.Find(Profile(), [new SuspectedOrigin("GET /healthy", OriginKind.Endpoint, Known(3), Number(0))], s_window));
    }

    [Fact]
    public void WorkOfAnotherHostOfTheProcess_DoesNotCount()
    {
        Add("Orders.Repository.LoadAsync", "Task.Delay", 60, 120, 120);
        (long, bool)[] elsewhere = [.. Known(3).Select(static known => (known.Window + 1, known.IsLeaky))];

        Assert.Empty(CulpritFinder.Find(Profile(), [new SuspectedOrigin(Endpoint, OriginKind.Endpoint, elsewhere, elsewhere[0].Item1)], s_window));
    }

    [Fact]
    public void FrameworkMethods_AreReportedAsAwaitedByTheApp()
    {
        for (var window = 0; window < 3; window++)
        {
            for (var count = 0; count < 10; count++)
            {
                Add(window, PendingKind.AsyncMethod, "Channel.WaitToReadAsync", "System.Threading.Channels.ChannelReader<T>.ReadAllAsync", "Orders.Feed.FollowAsync", "Orders.Feed.RunAsync");
            }
        }

        var leak = Assert.Single(Find(windows: 3));

        Assert.Equal(("Orders.Feed.FollowAsync", "System.Threading.Channels.ChannelReader<T>.ReadAllAsync"), (leak.Method, leak.Awaits));
    }

    [Fact]
    public void TimersAndRegistrations_NextToALeakingMethod_AreNotNamed()
    {
        Add("Orders.Repository.LoadAsync", "Task.WhenAny", 20, 20, 20);
        Add("CancellationToken.Register of Linked", "cancellation", PendingKind.Registration, 20, 20, 20);

        Assert.Equal("Orders.Repository.LoadAsync", Assert.Single(Find(windows: 3)).Method);
    }

    [Fact]
    public void TimersAlone_AreNamed()
    {
        Add("Timer of Orders.Reminder", "its tick", PendingKind.Timer, 20, 20, 20);

        Assert.Equal("Timer of Orders.Reminder", Assert.Single(Find(windows: 3)).Method);
    }

    [Theory]
    [InlineData(30, 12, 5)]
    [InlineData(90, 30, 10, 3, 1)]
    [InlineData(50, 50, 50, 0, 0, 0)]
    [InlineData(50, 50, 50, 0, 0)]
    [InlineData(50, 50, 50, 0)]
    public void WarmUpOrFixedLeak_IsNoLeak(params int[] counts)
    {
        Add("Tenants.Loop.RunAsync", "Task.Delay", counts);

        Assert.Empty(Find(counts.Length));
    }

    [Fact]
    public void LoopsStartedOneByOne_AreNoLeak()
    {
        Add("Tenants.Loop.RunAsync", "Task.Delay", [.. Enumerable.Repeat(1, 150)]);

        Assert.Empty(Find(windows: 150));
    }

    [Fact]
    public void SlowLeak_IsNamedAtTwoHundredPending()
    {
        Add("Orders.Repository.LoadAsync", "Task.Delay", [.. Enumerable.Repeat(1, 199)]);
        Assert.Empty(Find(windows: 199));

        Add(199, PendingKind.AsyncMethod, "Task.Delay", "Orders.Repository.LoadAsync");

        Assert.Equal(200, Assert.Single(Find(windows: 200)).Pending);
    }

    [Fact]
    public void LeakThatStartedLate_IsNamed()
    {
        Add("Orders.Repository.LoadAsync", "Task.Delay", [.. Enumerable.Repeat(0, 200), 10, 20, 20]);

        Assert.Equal(50, Assert.Single(Find(windows: 203)).Pending);
    }

    private static DateTimeOffset WindowAt(int window) => DateTimeOffset.UnixEpoch.AddMinutes(window + 1);

    private static long Number(int window) => WindowAt(window).ToUnixTimeMilliseconds() << 12;

    private static (long Window, bool IsLeaky)[] Known(int windows) => [.. Enumerable.Range(0, windows).Select(static window => (Number(window), true))];

    private List<Leak> Find(int windows) =>
        [.. CulpritFinder.Find(Profile(), [new SuspectedOrigin(Endpoint, OriginKind.Endpoint, Known(windows), Number(0))], s_window).Select(static culprit => culprit.Leak)];

    private PendingWorkProfile Profile() => new(DateTimeOffset.UnixEpoch, _operations);

    private void Add(string method, string awaits, params int[] counts) => Add(method, awaits, PendingKind.AsyncMethod, counts);

    private void Add(string method, string awaits, PendingKind kind, params int[] counts)
    {
        for (var window = 0; window < counts.Length; window++)
        {
            for (var count = 0; count < counts[window]; count++)
            {
                Add(window, kind, awaits, method);
            }
        }
    }

    private void Add(int window, PendingKind kind, string awaits, params string[] innermostFirst)
    {
        PendingStackTrace? stack = null;
        foreach (var method in innermostFirst.Reverse())
        {
            stack = new PendingStackTrace(method, stack);
        }

        _operations.Add(new PendingOperation(kind, stack!, awaits, PendingState.Awaiting, new PendingOrigin(Endpoint, Number(window))));
    }
}

using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LeakWatchdog.Captures;
using Herz.Resilience.LeakWatchdog.Signals;
using Herz.Resilience.Origins;
using Herz.Resilience.PendingWork;

namespace Herz.Resilience.Tests.LeakWatchdog.Captures;

/// <summary>The causes named for a counter that grows by 40: work that no request started, otherwise types.</summary>
public sealed class GrowthFinderTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SuspectedSignal s_timers = new(Signal.Timers, "timers", 100);

    [Theory]
    [InlineData("Timer of Shop.Session", null)]
    [InlineData("Timer of System.Threading.CancellationTokenSource", null)]
    [InlineData("Shop.Pump.ReadAsync", OriginRegistry.HostedServices)]
    [InlineData("Shop.Pump.ReadAsync", OriginRegistry.LoopPrefix + "pump")]
    public void WorkStartedByNoRequest_IsNamed(string method, string? origin) =>
        Assert.Equal((method, origin), Find(method, origin).Select(static leak => (leak.Method, leak.Origin)).Single());

    [Theory]
    [InlineData("Shop.Orders.LoadAsync", "GET /orders/{id}")]
    [InlineData("Shop.Mail.SendAsync", "background mail")]
    [InlineData("CancellationToken.Register of Microsoft.AspNetCore.Server.Kestrel.Core.Internal.HttpConnection", null)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpProtocol.ProcessRequestsAsync", null)]
    [InlineData("Herz.Resilience.LeakWatchdog.LeakWatchdogService.ExecuteAsync", OriginRegistry.HostedServices)]
    public void WorkOfRequestsTheServerAndThisLibrary_IsNotNamed(string method, string? origin) => Assert.Empty(Find(method, origin));

    [Theory]
    [InlineData("Shop.Session", true)]
    [InlineData("System.IO.FileStream", true)]
    [InlineData("async Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets.Internal.SocketConnection.DoSend", false)]
    [InlineData("Herz.Resilience.Pipeline.RequestScope", false)]
    public void TypeWithTheSameGrowth_IsNamed_UnlessItBelongsToTheServerOrThisLibrary(string type, bool isNamed) =>
        Assert.Equal(isNamed ? [type] : [], Find("Shop.Steady.Loop", null, growth: 0, type).Select(static leak => leak.Type));

    [Theory]
    [InlineData("Timer of Shop.Session")]
    [InlineData("CancellationToken.Register of Shop.Session")]
    public void TimersAndRegistrations_AreNotNamedForFiles(string method) =>
        Assert.Equal("Shop.Log", Assert.Single(Find(method, null, type: "Shop.Log", signal: new SuspectedSignal(Signal.FileDescriptors, "file_descriptors", 100))).Type);

    [Theory]
    [InlineData(nameof(Signal.FileDescriptors), "System.IO.FileStream", "Microsoft.Win32.SafeHandles.SafeFileHandle")]
    [InlineData(nameof(Signal.FileDescriptors), "Microsoft.Win32.SafeHandles.SafeFileHandle", "System.IO.Strategies.UnixFileStreamStrategy")]
    [InlineData(nameof(Signal.FileDescriptors), "System.Net.Sockets.Socket", "System.Net.Sockets.SafeSocketHandle")]
    [InlineData(nameof(Signal.Sockets), "System.Net.Sockets.TcpClient", "System.Net.Sockets.Socket")]
    public void LeakedResourceNextToAHealthyLambda_IsTheOnlyCulprit(string signal, string resource, string part)
    {
        var before = Types((resource, 5), (part, 5), ("Program", 5), ("string", 100));
        var after = Types((resource, 45), (part, 45), ("Program", 45), ("string", 140));

        Assert.Equal(resource, Assert.Single(GrowthFinder.Find(new SuspectedSignal(Enum.Parse<Signal>(signal), "resources", 100), 40, before, after)).Type);
    }

    [Fact]
    public void ResourceThatDoesNotGrowWithTheCounter_IsNotNamed() => Assert.Equal(
        "Shop.Native",
        Assert.Single(GrowthFinder.Find(
            new SuspectedSignal(Signal.FileDescriptors, "file_descriptors", 100), 40, Types(("System.IO.FileStream", 5)), Types(("System.IO.FileStream", 17), ("Shop.Native", 40)))).Type);

    [Theory]
    [InlineData(12, "System.IO.FileStream", null)]
    [InlineData(40, null, "Shop.Tail.FollowAsync")]
    public void PendingWork_IsNamedForFiles_IfItGrowsWithThem(int growth, string? type, string? method)
    {
        var leak = Assert.Single(Find("Shop.Tail.FollowAsync", OriginRegistry.HostedServices, growth, "System.IO.FileStream", new SuspectedSignal(Signal.FileDescriptors, "file_descriptors", 100)));

        Assert.Equal((type, method), (leak.Type, leak.Method));
    }

    [Fact]
    public void TypesHeldByWorkOfAnEndpoint_AreNotNamed() => Assert.Empty(Find("Shop.Orders.LoadAsync", "GET /orders/{id}", growth: 40, "Shop.Session"));

    [Theory]
    [InlineData("Microsoft.Data.Connection", true)]
    [InlineData("async System.Net.Http.HttpConnection.Fill", true)]
    [InlineData("byte[]", true)]
    [InlineData("async Shop.Orders.Load", false)]
    [InlineData("Shop.Order", false)]
    public void IsFramework_MethodsTypesAndAsyncObjects_IsAsExpected(string name, bool isFramework) => Assert.Equal(isFramework, AppFrame.IsFramework(name));

    [Fact]
    public void Namespaces_MatchThisLibrary()
    {
        var names = typeof(AppFrame).Assembly.GetTypes().Concat(typeof(PendingWorkProfile).Assembly.GetTypes())
            .Select(static type => type.Namespace)
            .Where(static name => name?.StartsWith("Herz.Resilience.", StringComparison.Ordinal) == true)
            .Select(static name => name!.Split('.')[2]);

        Assert.Equal(AppFrame.Namespaces, names.Distinct().Order(StringComparer.Ordinal));
    }

    private static List<Leak> Find(string method, string? origin, int growth = 40, string? type = null, SuspectedSignal? signal = null) =>
        GrowthFinder.Find(signal ?? s_timers, 40, Profile(method, origin, 0, type, 5), Profile(method, origin, growth, type, 45));

    private static PendingWorkProfile Profile(string method, string? origin, int count, string? type, int objects)
    {
        var stack = new PendingStackTable().Get(method, null);
        var operations = Enumerable.Range(0, 5 + count)
            .Select(_ => new PendingOperation(PendingKind.AsyncMethod, stack, "TaskCompletionSource", PendingState.Awaiting, origin is null ? null : new PendingOrigin(origin, 1), true))
            .ToArray();
        return new PendingWorkProfile(
            s_start.AddMinutes(count), operations, CaptureMethod.OwnWalk, [], [], type is null ? [] : [new HeapTypeCount(type, objects, 100 * objects)], default);
    }

    private static PendingWorkProfile Types(params (string Type, int Count)[] types) => new(
        s_start.AddMinutes(types.Sum(static type => type.Count)), [], CaptureMethod.OwnWalk, [], [], [.. types.Select(static type => new HeapTypeCount(type.Type, type.Count, 100 * type.Count))], default);
}

using Herz.Resilience.Outbound;
using Herz.Resilience.Outbound.Dependencies;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Outbound.Dependencies;

public sealed class DependencyTableTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("http://stock/a", "http://STOCK:80/b", true)]
    [InlineData("http://stock/a", "http://stock:8080/a", false)]
    [InlineData("http://stock:8080/a", "https://stock:8080/b?c=d", true)]
    [InlineData("http://[::1]:5000/", "http://[::1]:5000/x", true)]
    public void Find_TellsDependenciesApartByHostAndPort(string first, string second, bool areSame)
    {
        var table = new DependencyTable(_time);

        Assert.Equal(areSame, table.Find(new Uri(first), isGrpc: false) == table.Find(new Uri(second), isGrpc: false));
    }

    [Fact]
    public void Find_TellsGrpcServicesApart()
    {
        var table = new DependencyTable(_time);
        var stock = table.Find(new Uri("http://shop:5001/shop.Stock/Get"), isGrpc: true);

        Assert.Equal("shop:5001/shop.Stock", stock.Name);
        Assert.Same(stock, table.Find(new Uri("http://shop:5001/shop.Stock/List"), isGrpc: true));
        Assert.NotSame(stock, table.Find(new Uri("http://shop:5001/shop.Prices/Get"), isGrpc: true));
    }

    [Fact]
    public void Find_UsesTheNarrowestPattern()
    {
        var table = new DependencyTable(_time);
        table.Apply(Plan(("wide", "*.test"), ("payments", "*.payments.test"), ("one", "a.payments.test"), ("port", "b.payments.test:81"), ("service", "c.test/shop.Stock")));

        Assert.Equal("wide", NameOf("http://stock.test/"));
        Assert.Equal("payments", NameOf("http://b.payments.test/"));
        Assert.Equal("one", NameOf("http://A.PAYMENTS.test:8443/"));
        Assert.Equal("port", NameOf("http://b.payments.test:81/"));
        Assert.Equal("wide", NameOf("http://c.test/shop.Stock/Get"));
        Assert.Equal("service", NameOf("http://c.test/shop.Stock/Get", isGrpc: true));
        Assert.Equal("test", NameOf("http://test/"));

        string NameOf(string uri, bool isGrpc = false) => table.Find(new Uri(uri), isGrpc).Name;
    }

    [Fact]
    public void Find_ByHostOrByName_GivesTheSameDependency()
    {
        var table = new DependencyTable(_time);
        table.Apply(Plan(("payments", "pay.test")));

        Assert.Same(table.Find("payments"), table.Find(new Uri("http://pay.test/"), isGrpc: false));
    }

    [Fact]
    public void Apply_KeepsTheStateAndChangesTheSettings()
    {
        var table = new DependencyTable(_time);
        table.Apply(Plan(("payments", "pay.test")));
        var dependency = table.Find(new Uri("http://pay.test/"), isGrpc: false);
        dependency.Calls.Add(0, 7);

        var options = new OutboundOptions();
        options.Dependencies["payments"] = new() { Hosts = ["pay.test", "pay2.test"], MaxAttempts = 5 };
        table.Apply(new OutboundPlan(options, EnforcementMode.Enforce));

        Assert.Same(dependency, table.Find(new Uri("http://pay2.test/"), isGrpc: false));
        Assert.Equal(5, dependency.Settings.MaxAttempts);
        Assert.Equal(7, dependency.Calls.Sum(0));
    }

    [Fact]
    public void Table_BeyondItsLimit_ForgetsTheLeastRecentlyUsed()
    {
        var forgotten = 0;
        var table = new DependencyTable(_time, limit: 100) { Forgotten = _ => forgotten++ };
        var first = Find(0);
        for (var index = 1; index <= 1_000; index++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Find(0).Touch(_time.GetTimestamp());
            Find(index);
            Assert.InRange(table.Count, 1, 100);
        }

        Assert.Same(first, Find(0));
        Assert.Equal(table.Count, table.All.Count());
        Assert.Equal(1_001 - table.Count, forgotten);
        Assert.Contains(table.All, static dependency => dependency.Name == "h1000");
        Assert.DoesNotContain(table.All, static dependency => dependency.Name == "h500");

        TrackedDependency Find(int index) => table.Find(new Uri($"http://h{index}/"), isGrpc: false);
    }

    [Fact]
    public void Dependencies_BeyondOneHundred_ShareOneLabel()
    {
        var table = new DependencyTable(_time);
        var labels = Enumerable.Range(0, 300).Select(index => table.Find($"d{index}").Label).ToArray();

        Assert.Equal(100, labels.Count(static label => label != "other"));
    }

    [Fact]
    public void TenThousandDependencies_TakeLessThan2KBEach()
    {
        var table = new DependencyTable(_time);
        table.Find("first").Took(1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 0; index < 10_000; index++)
        {
            var dependency = table.Find(new Uri($"http://service-{index}.shop.svc.cluster.local:8080/"), isGrpc: false);
            dependency.Calls.Add(1);
            dependency.Took(1);
        }

        // Also what is thrown away, such as the addresses.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 10_000, 1, 2_000);
        Assert.InRange(table.Count, 9_000, 10_000);
    }

    [Theory]
    [InlineData("stock", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.31.0.1", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.1.1", true)]
    [InlineData("8.8.8.8", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("2001:db8::1", false)]
    [InlineData("stock.shop.svc", true)]
    [InlineData("stock.shop.svc.cluster.local", true)]
    [InlineData("db.internal", true)]
    [InlineData("api.github.com", false)]
    public void InsideHosts_AreRecognized(string host, bool expected) => Assert.Equal(expected, InsideHosts.Contains(host));

    [Theory]
    [InlineData("/orders/17/items", "/orders/a18b/items", true)]
    [InlineData("/orders/17", "/orders/17/items", false)]
    [InlineData("/orders?id=1", "/orders?id=2", true)]
    [InlineData("/orders", "/prices", false)]
    public void CallKind_IgnoresIdentifiers(string first, string second, bool areSame) =>
        Assert.Equal(areSame, Kind(HttpMethod.Get, first) == Kind(HttpMethod.Get, second));

    [Fact]
    public void CallKind_IncludesTheMethod() => Assert.NotEqual(Kind(HttpMethod.Get, "/orders"), Kind(HttpMethod.Put, "/orders"));

    [Fact]
    public void Latencies_GiveThePercentile_AndFollowAChange()
    {
        var latencies = new Latencies();
        Assert.Null(latencies.Percentile(0.95));
        for (var index = 1; index <= 100; index++)
        {
            latencies.Record(index / 1_000.0);
        }

        Assert.InRange(latencies.Percentile(0.95)!.Value.TotalMilliseconds, 95, 95 * 1.2);
        for (var index = 0; index < 20_000; index++)
        {
            latencies.Record(2);
        }

        Assert.InRange(latencies.Percentile(0.95)!.Value.TotalSeconds, 2, 2.4);
        Assert.InRange(latencies.Percentile(0.05)!.Value.TotalSeconds, 1.6, 2.4);
    }

    private static int Kind(HttpMethod method, string path) => CallKind.Of(new HttpRequestMessage(method, "http://shop" + path));

    private static OutboundPlan Plan(params (string Name, string Host)[] dependencies)
    {
        var options = new OutboundOptions();
        foreach (var (name, host) in dependencies)
        {
            options.Dependencies[name] = new() { Hosts = [host] };
        }

        return new OutboundPlan(options, EnforcementMode.Enforce);
    }
}

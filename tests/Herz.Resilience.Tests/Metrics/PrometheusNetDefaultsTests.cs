using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Herz.Resilience.Metrics;
using Herz.Resilience.Metrics.Exposition;

namespace Herz.Resilience.Tests.Metrics;

public class PrometheusNetDefaultsTests
{
    [Fact]
    public void IsUsedBy_AnAssemblyThatRefersToIt_True() =>
        Assert.True(PrometheusNetDefaults.IsUsedBy(typeof(PrometheusExporter).Assembly));

    [Fact]
    public void IsUsedBy_AnAssemblyThatDoesNot_False() =>
        Assert.False(PrometheusNetDefaults.IsUsedBy(typeof(FactAttribute).Assembly));

    [Fact]
    public void IsUsedBy_NoEntryAssembly_False() =>
        Assert.False(PrometheusNetDefaults.IsUsedBy(null));

    [Fact]
    public async Task AppWithoutPrometheusNet_KeepsProcessMetricsAndListensToNoMeter()
    {
        var text = await CollectFreshAsync(typeof(FactAttribute).Assembly);

        Assert.Contains("process_cpu_seconds_total", text, StringComparison.Ordinal);
        Assert.DoesNotContain("herz_tests_of_defaults", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AppWithPrometheusNet_IsNotChanged()
    {
        var text = await CollectFreshAsync(typeof(PrometheusExporter).Assembly);

        Assert.Contains("herz_tests_of_defaults", text, StringComparison.Ordinal);
    }

    // prometheus-net decides once per process what it listens to, so each test has its own statics in its own load context.
    private static async Task<string> CollectFreshAsync(Assembly app)
    {
        var fresh = new AssemblyLoadContext(name: null, isCollectible: false);
        var folder = AppContext.BaseDirectory;
        var prometheus = fresh.LoadFromAssemblyPath(Path.Combine(folder, "Prometheus.NetStandard.dll"));
        var herz = fresh.LoadFromAssemblyPath(Path.Combine(folder, "Herz.Resilience.dll"));
        Narrow(prometheus, "ConfigureMeterAdapter");
        Narrow(prometheus, "ConfigureEventCounterAdapter");
        herz.GetType(typeof(PrometheusNetDefaults).FullName!)!.GetMethod(nameof(PrometheusNetDefaults.SuppressUnlessUsedBy))!.Invoke(null, [app]);
        var registry = prometheus.GetType("Prometheus.Metrics")!.GetProperty("DefaultRegistry")!.GetValue(null)!;
        var collect = registry.GetType().GetMethod("CollectAndExportAsTextAsync", [typeof(Stream), typeof(CancellationToken)])!;
        await (Task)collect.Invoke(registry, [Stream.Null, TestContext.Current.CancellationToken])!;

        using var meter = new Meter("herz.tests.of.defaults");
        meter.CreateCounter<int>("seen").Add(1);
        using var exposition = new MemoryStream();
        await (Task)collect.Invoke(registry, [exposition, TestContext.Current.CancellationToken])!;
        return Encoding.UTF8.GetString(exposition.ToArray());
    }

    // A started listener cannot be stopped, so it must not listen to the meters of other tests.
    private static void Narrow(Assembly prometheus, string configure)
    {
        var method = prometheus.GetType("Prometheus.Metrics")!.GetMethod(configure)!;
        var callback = method.GetParameters()[0].ParameterType;
        var narrow = typeof(PrometheusNetDefaultsTests).GetMethod(nameof(NarrowOptions), BindingFlags.NonPublic | BindingFlags.Static)!;
        method.Invoke(null, [narrow.MakeGenericMethod(callback.GetGenericArguments()).CreateDelegate(callback)]);
    }

    private static void NarrowOptions<TOptions>(TOptions options)
    {
        Func<Instrument, bool> ours = static instrument => instrument.Meter.Name == "herz.tests.of.defaults";
        Func<string, bool> none = static _ => false;
        typeof(TOptions).GetProperty("InstrumentFilterPredicate")?.SetValue(options, ours);
        typeof(TOptions).GetProperty("EventSourceFilterPredicate")?.SetValue(options, none);
    }
}

using Herz.Resilience.Metrics;

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
}

using Herz.Resilience.Health.Checks;
using Herz.Resilience.Health.Probes;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Herz.Resilience.Tests.Health.Checks;

public sealed class CheckHistoryTests
{
    /// <param name="results">One letter for each result: healthy, degraded, unhealthy.</param>
    /// <param name="states">The state after each.</param>
    [Theory]
    [InlineData("h", "H")]
    [InlineData("u", "U")]
    [InlineData("uuh", "UUH")]
    [InlineData("huhuhu", "HHHHHH")]
    [InlineData("huuhuhh", "HHUUUUH")]
    [InlineData("hdudd", "HDDDD")]
    [InlineData("huuhd", "HHUUD")]
    public void State_ChangesAfterConsecutiveResults(string results, string states)
    {
        var history = new CheckHistory();
        Assert.Equal(CheckStatus.Pending, history.Status);

        var seen = results.Select((result, index) =>
        {
            history.Record(result switch { 'h' => HealthStatus.Healthy, 'd' => HealthStatus.Degraded, _ => HealthStatus.Unhealthy }, index, failureThreshold: 2, successThreshold: 2);
            Assert.Equal(index, history.LastTimestamp);
            return history.Status.ToString()[0];
        });

        Assert.Equal(states, string.Concat(seen));
        Assert.Equal(results.IndexOfAny(['h', 'd']) >= 0, history.HasPassed);
    }
}

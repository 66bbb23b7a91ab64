namespace Herz.Resilience.Tests.Hosting.Apps;

/// <summary>Reads the app's metrics like Prometheus.</summary>
internal static class Scrape
{
    /// <summary>The sum of the series of <paramref name="metric"/> that have all of <paramref name="labels"/>.</summary>
    public static async Task<double> SumAsync(HttpClient client, string metric, params string[] labels)
    {
        var text = await client.GetStringAsync("/metrics");
        return text.Split('\n')
            .Where(line => line.StartsWith(metric + "{", StringComparison.Ordinal) && labels.All(label => line.Contains(label, StringComparison.Ordinal)))
            .Sum(static line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>The number of ended requests with these labels.</summary>
    public static Task<double> RequestsAsync(HttpClient client, params string[] labels) =>
        SumAsync(client, "herz_request_duration_seconds_count", labels);
}

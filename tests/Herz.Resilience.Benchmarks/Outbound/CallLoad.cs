using System.Diagnostics;

namespace Herz.Resilience.Benchmarks.Outbound;

/// <summary>Calls at a fixed rate in an open loop.</summary>
internal static class CallLoad
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(10);

    /// <summary>The time of each call in seconds, and whether it succeeded; in any order. What has not ended a while after the last counts as failed.</summary>
    public static async Task<(double Seconds, bool IsSuccess)[]> RunAsync(HttpClient client, string address, double perSecond, double seconds, double patience = 5)
    {
        var (start, sent) = (Stopwatch.GetTimestamp(), 0);
        var calls = new List<Task<(double, bool)>>();
        using var end = new CancellationTokenSource();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds is var elapsed && elapsed < seconds)
        {
            for (; sent < elapsed * perSecond; sent++)
            {
                calls.Add(CallAsync(client, address, end.Token));
            }

            await Task.Delay(s_tick, CancellationToken.None);
        }

        end.CancelAfter(TimeSpan.FromSeconds(patience));
        return await Task.WhenAll(calls);
    }

    /// <summary>A percentile of times in milliseconds.</summary>
    public static double Percentile(IEnumerable<(double Seconds, bool IsSuccess)> calls, double share)
    {
        var sorted = calls.Select(static call => call.Seconds).Order().ToArray();
        return 1_000 * sorted[(int)Math.Min(sorted.Length - 1, Math.Floor(share * sorted.Length))];
    }

    private static async Task<(double, bool)> CallAsync(HttpClient client, string address, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            using var answer = await client.GetAsync(new Uri(address), cancellationToken);
            return (Stopwatch.GetElapsedTime(start).TotalSeconds, answer.IsSuccessStatusCode);
        }
#pragma warning disable CA1031 // Any exception is a failed call: each stack has its own.
        catch (Exception)
#pragma warning restore CA1031
        {
            return (Stopwatch.GetElapsedTime(start).TotalSeconds, false);
        }
    }
}

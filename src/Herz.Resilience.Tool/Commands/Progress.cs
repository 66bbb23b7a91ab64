using System.Globalization;
using Herz.Resilience.Tool.Recording;
using Herz.Resilience.Tool.Running;

namespace Herz.Resilience.Tool.Commands;

/// <summary>Shows a run in progress: a plain line every five seconds.</summary>
internal static class Progress
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(5);

    /// <summary>Runs and shows.</summary>
    public static async Task<RunResult> ShowAsync(LoadRun run, LoadSettings settings, Terminal terminal, TimeProvider time, CancellationToken cancellationToken)
    {
        var work = run.RunAsync(cancellationToken);
        using var period = new PeriodicTimer(s_period, time);
        var tick = period.WaitForNextTickAsync(CancellationToken.None).AsTask();
        while (await Task.WhenAny(work, tick).ConfigureAwait(false) != work)
        {
            terminal.Out.WriteLine(Say(run.Latest, settings));
            tick = period.WaitForNextTickAsync(CancellationToken.None).AsTask();
        }

        return await work.ConfigureAwait(false);
    }

    private static string Say(LiveState state, LoadSettings settings)
    {
        var second = state.Second;
        if (second.Seconds == 0)
        {
            return "  warming up";
        }

        var latencies = new LatencyHistogram(2);
        latencies.Add(second.Latencies);
        return string.Create(CultureInfo.InvariantCulture,
            $"  {second.From + second.Seconds,6:0} of {settings.Shape.Seconds:0} s: {second.Offered / second.Seconds:0}/s, ok {second.Ok}, refused {second.Refused}, failed {second.Failed}, pending {second.Pending}, p50 {latencies.PercentileMs(50):0.##} ms, p99 {latencies.PercentileMs(99):0.##} ms");
    }
}

using System.Globalization;
using Herz.Resilience.Tool.Recording;
using Herz.Resilience.Tool.Running;
using Spectre.Console;

namespace Herz.Resilience.Tool.Commands;

/// <summary>Shows a run in progress: a screen on a terminal, otherwise one line every 5 seconds.</summary>
internal static class Progress
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_redraw = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs the load and shows its progress.</summary>
    public static async Task<RunResult> ShowAsync(LoadRun run, LoadSettings settings, Terminal terminal, TimeProvider time, CancellationToken cancellationToken)
    {
        var work = run.RunAsync(cancellationToken);
        if (terminal.IsLive)
        {
            await RedrawAsync(run, settings, terminal, time, work).ConfigureAwait(false);
            return await work.ConfigureAwait(false);
        }

        using var period = new PeriodicTimer(s_period, time);
        var tick = period.WaitForNextTickAsync(CancellationToken.None).AsTask();
        while (await Task.WhenAny(work, tick).ConfigureAwait(false) != work)
        {
            terminal.Out.WriteLine(Describe(run.Latest, settings));
            tick = period.WaitForNextTickAsync(CancellationToken.None).AsTask();
        }

        return await work.ConfigureAwait(false);
    }

    private static async Task RedrawAsync(LoadRun run, LoadSettings settings, Terminal terminal, TimeProvider time, Task work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Out) });
        var screen = new LiveScreen(settings);
        await console.Live(screen.Render(run.Latest)).AutoClear(true).StartAsync(async live =>
        {
            using var redraw = new PeriodicTimer(s_redraw, time);
            var tick = redraw.WaitForNextTickAsync(CancellationToken.None).AsTask();
            while (await Task.WhenAny(work, tick).ConfigureAwait(false) != work)
            {
                live.UpdateTarget(screen.Render(run.Latest));
                tick = redraw.WaitForNextTickAsync(CancellationToken.None).AsTask();
            }
        }).ConfigureAwait(false);
    }

    private static string Describe(LiveState state, LoadSettings settings)
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

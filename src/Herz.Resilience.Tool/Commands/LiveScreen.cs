using System.Globalization;
using Herz.Resilience.Tool.Recording;
using Herz.Resilience.Tool.Reporting;
using Herz.Resilience.Tool.Running;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Herz.Resilience.Tool.Commands;

/// <summary>The terminal screen of a run: progress, rates, percentiles, and the last 60 seconds as bars.</summary>
internal sealed class LiveScreen(LoadSettings settings)
{
    private const int Bars = 60;
    private const int ProgressWidth = 40;

    private readonly Queue<double> _p99 = new();
    private readonly Queue<double> _ok = new();
    private long _seenNs = -1;

    /// <summary>Renders a state.</summary>
    public IRenderable Render(LiveState state)
    {
        var second = state.Second;
        var latencies = new LatencyHistogram(2);
        latencies.Add(second.Latencies);
        if (state.AtNs > _seenNs && second.Seconds > 0)
        {
            _seenNs = state.AtNs;
            Push(_p99, latencies.PercentileMs(99));
            Push(_ok, second.Ok / second.Seconds);
        }

        var at = Math.Clamp(second.From + second.Seconds, 0, settings.Shape.Seconds);
        var done = (int)(at / settings.Shape.Seconds * ProgressWidth);
        var rows = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap());
        Row(rows, "progress", $"{new string('━', done)}{new string('─', ProgressWidth - done)} {at:0} of {settings.Shape.Seconds:0} s{(second.Seconds == 0 ? ", warming up" : "")}");
        Row(rows, "rate", $"{(second.Seconds == 0 ? 0 : second.Offered / second.Seconds):0}/s, ok {second.Ok}, refused {second.Refused}, failed {second.Failed}, pending {second.Pending}");
        Row(rows, "latency", $"p50 {latencies.PercentileMs(50):0.##}, p90 {latencies.PercentileMs(90):0.##}, p99 {latencies.PercentileMs(99):0.##}, max {latencies.MaxMs:0.##} ms");
        Row(rows, "p99", $"{Sparkline.Of(_p99)} up to {_p99.DefaultIfEmpty().Max():0.##} ms");
        Row(rows, "ok", $"{Sparkline.Of(_ok)} up to {_ok.DefaultIfEmpty().Max():0}/s");
        return rows;
    }

    private static void Push(Queue<double> queue, double value)
    {
        queue.Enqueue(value);
        if (queue.Count > Bars)
        {
            queue.Dequeue();
        }
    }

    private static void Row(Grid grid, string name, FormattableString text) =>
        grid.AddRow(new Text(name, Style.Plain), new Text(text.ToString(CultureInfo.InvariantCulture), Style.Plain));
}

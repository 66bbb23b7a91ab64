using System.CommandLine;
using System.Globalization;
using Herz.Resilience.Tool.Judgement;
using Herz.Resilience.Tool.Reporting;
using Herz.Resilience.Tool.Running;
using Herz.Resilience.Tool.Soaking;
using Herz.Resilience.Tool.Values;

namespace Herz.Resilience.Tool.Commands;

/// <summary><c>herz soak</c>.</summary>
internal sealed class SoakCommand
{
    private static readonly TimeSpan s_reach = TimeSpan.FromSeconds(10);

    private readonly LoadOptions _load = new("10m");
    private readonly Option<string> _sample = new("--sample") { Description = "Interval between two samples of the metrics.", DefaultValueFactory = _ => "5s" };
    private readonly Option<string?> _metrics = new("--metrics") { Description = "URL of the metrics endpoint. Default: /metrics of the target." };
    private readonly Option<string[]> _series = new("--series") { Description = "A series to sample, such as process_num_threads, myapp_* or jobs{queue=\"mail\"}. May be repeated. Default: all gauges herz_*." };
    private readonly Option<string?> _tolerance = new("--tolerance") { Description = "Growth per hour that is acceptable, in the unit of the series. Default 0." };
    private readonly Terminal _terminal;
    private readonly TimeProvider _time;

    private SoakCommand(Terminal terminal, TimeProvider time)
    {
        _terminal = terminal;
        _time = time;
    }

    /// <summary>Creates the command.</summary>
    public static Command Make(Terminal terminal, TimeProvider time)
    {
        var soak = new SoakCommand(terminal, time);
        var command = new Command("soak", "Send load for a long time, sample the metrics of the target, and decide whether they converge or grow.");
        soak._load.AddTo(command);
        command.Add(soak._sample);
        command.Add(soak._metrics);
        command.Add(soak._series);
        command.Add(soak._tolerance);
        command.SetAction(soak.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (settings, expectations) = _load.Read(parsed);
        var period = Duration.Parse(parsed.GetRequiredValue(_sample), "--sample");
        var tolerance = Tolerance(parsed.GetValue(_tolerance));
        var named = (parsed.GetValue(_series) ?? []).Select(SeriesChoice.Parse).ToArray();
        var metrics = parsed.GetValue(_metrics) is { } url ? TargetUrl.Parse(url, "--metrics") : new Uri(settings.Templates[0].Url, "/metrics");
        if (settings.Shape.Pieces[^1] is var last && last.From != last.To)
        {
            throw new UsageException($"--shape is '{settings.Shape.Name}', which never reaches a steady rate, so growth cannot be distinguished from load; use constant, poisson, steps or spike");
        }

        using var client = new HttpMessageInvoker(MetricsHandler(settings.Insecure));
        var sampler = new MetricsSampler(client, metrics, named.Length > 0 ? named : [SeriesChoice.Parse("herz_*")], gaugesOnly: named.Length == 0, _time);
        await Target.ReachAsync(metrics, s_reach, settings.Insecure, cancellationToken).ConfigureAwait(false);
        var first = await sampler.ScrapeOnceAsync(cancellationToken).ConfigureAwait(false);
        foreach (var absent in named.Where(c => c.IsExact && !c.Of(first).Any()))
        {
            // Reported before the run: the series may appear under load, or the name may be misspelled.
            _terminal.Error.WriteLine($"herz: {metrics} does not contain {absent.Text} yet");
        }

        var result = await SoakAsync(new LoadRun(settings, _time), settings, sampler, period, cancellationToken).ConfigureAwait(false);
        var missing = named.Where(c => c.IsExact && !sampler.Series.ContainsKey(c.Series)).Select(c => c.Text).ToArray();
        var soak = SoakJudge.Report(sampler, settings, metrics, period.TotalSeconds, tolerance, missing);
        result = result with { Report = result.Report with { Soak = soak } };
        return Conclude(parsed, result, soak, first, [.. expectations.Select(e => e.Judge(result))]);
    }

    private async Task<RunResult> SoakAsync(LoadRun run, LoadSettings settings, MetricsSampler sampler, TimeSpan period, CancellationToken cancellationToken)
    {
        using var ended = new CancellationTokenSource();
        var load = Progress.ShowAsync(run, settings, _terminal, _time, cancellationToken);
        if (await Task.WhenAny(load, run.Started).ConfigureAwait(false) == load)
        {
            return await load.ConfigureAwait(false);
        }

        var begin = await run.Started.ConfigureAwait(false) + (long)(settings.WarmUp.TotalSeconds * _time.TimestampFrequency);
        var sampling = sampler.RunAsync(begin, period, ended.Token);
        try
        {
            return await load.ConfigureAwait(false);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await sampling.ConfigureAwait(false);
        }
    }

    private static double Tolerance(string? text) =>
        text is null ? 0
        : double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value
        : throw new UsageException($"--tolerance is '{text}'; it must be a number of at least 0, the acceptable growth per hour");

    private int Conclude(ParseResult parsed, RunResult result, SoakReport soak, Exposition first, Thresholds.ThresholdVerdict[] verdicts)
    {
        TextReport.Write(_terminal.Out, result.Report);
        SoakText.Write(_terminal.Out, soak);
        TextReport.Write(_terminal.Out, verdicts);
        _load.WriteFiles(parsed, result.Report);
        if (soak.Missing.Count > 0 || soak.Series.Count == 0)
        {
            var names = first.Lines.Select(l => l.Name).Distinct().Where(n => first.TypeOf(n) is "gauge" or "untyped" or "unknown").Take(12);
            var what = soak.Missing.Count > 0 ? string.Join(" and ", soak.Missing) : "a matching series";
            _terminal.Error.WriteLine($"herz: {soak.Metrics} never contained {what}; the available series for --series are {string.Join(", ", names)}");
            return result.Report.BrokenOff ? ExitCodes.BrokenOff : ExitCodes.Usage;
        }

        return result.Report.BrokenOff ? ExitCodes.BrokenOff
            : soak.Verdict == Verdict.Growing || verdicts.Any(v => !v.Kept) ? ExitCodes.Missed
            : soak.Verdict == Verdict.Undecided ? ExitCodes.Undecided
            : ExitCodes.Success;
    }

    private static SocketsHttpHandler MetricsHandler(bool insecure)
    {
        var handler = new SocketsHttpHandler { AutomaticDecompression = System.Net.DecompressionMethods.All, UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(10) };
        if (insecure)
        {
#pragma warning disable CA5359 // Requested by --insecure.
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return handler;
    }
}

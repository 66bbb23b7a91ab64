using System.CommandLine;
using System.Globalization;
using Herz.Resilience.Tool.Leaks;
using Herz.Resilience.Tool.Reporting;
using Herz.Resilience.Tool.Running;
using Herz.Resilience.Tool.Values;

namespace Herz.Resilience.Tool.Commands;

/// <summary><c>herz leaks</c>.</summary>
internal sealed class LeaksCommand
{
    private const string CapturePath = "/debug/herz/pending?debug=json";
    private const string CountersPath = "/debug/herz/counters";

    private readonly Argument<string> _url = new("URL") { Description = "The target's management port, such as http://localhost:9090, or the full URL of a JSON capture." };
    private readonly Option<string?> _diff = new("--diff") { Description = "An earlier capture, written with --json; show the differences since then." };
    private readonly Option<string?> _json = new("--json") { Description = "Write the capture to this file." };
    private readonly Option<string[]> _header = new("--header", "-H") { Description = "A header, 'Name: value'. May be repeated." };
    private readonly Option<string?> _timeout = new("--timeout") { Description = "Timeout of the request. Default 60s." };
    private readonly Option<bool> _insecure = new("--insecure", "-k") { Description = "Accept any server certificate." };
    private readonly Terminal _terminal;

    private LeaksCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Creates the command.</summary>
    public static Command Make(Terminal terminal)
    {
        var leaks = new LeaksCommand(terminal);
        var command = new Command("leaks", "Show the suspected leaks and the pending work of a target as a tree, or the differences since an earlier capture.")
        {
            leaks._url, leaks._diff, leaks._json, leaks._header, leaks._timeout, leaks._insecure,
        };
        command.SetAction(leaks.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var url = TargetUrl.Parse(parsed.GetRequiredValue(_url), "the URL");
        var before = parsed.GetValue(_diff) is { } file ? PendingCapture.Parse(ReadFile(file), file) : null;
        var headers = (parsed.GetValue(_header) ?? []).Select(h => HeaderLine.Parse(h, "--header")).ToArray();
        var timeout = Duration.Parse(parsed.GetValue(_timeout) ?? "60s", "--timeout");
        OutputFile.Check(parsed.GetValue(_json), "--json");
        using var pages = new CapturePage(headers, parsed.GetValue(_insecure), timeout);

        var isWhole = url.PathAndQuery != "/";
        url = isWhole ? url : new Uri(url, CapturePath);
        var bytes = await pages.ReadAsync(url, cancellationToken).ConfigureAwait(false);
        var capture = PendingCapture.Parse(bytes, url.ToString());
        if (parsed.GetValue(_json) is { } target)
        {
            OutputFile.Write(target, "--json", bytes);
        }

        var culprits = Culprits.Read(bytes);
        var quiet = "";
        if (culprits.Count == 0 && !isWhole)
        {
            (culprits, quiet) = await AskWatchdogAsync(pages, new Uri(url, CountersPath), cancellationToken).ConfigureAwait(false);
        }

        WriteCulprits(culprits, quiet);
        WriteTrees(capture, before);
        return ExitCodes.Success;
    }

    private static async Task<(IReadOnlyList<string> Culprits, string Quiet)> AskWatchdogAsync(CapturePage pages, Uri url, CancellationToken cancellationToken)
    {
        try
        {
            return (Culprits.Read(await pages.ReadAsync(url, cancellationToken).ConfigureAwait(false)), "the leak watchdog reports no suspected leak");
        }
        catch (Exception e) when (e is UsageException or TargetUnreachableException)
        {
            // The suspected leaks are optional; the capture is not.
            return ([], "the suspected leaks of the watchdog are not available at this URL");
        }
    }

    private void WriteCulprits(IReadOnlyList<string> culprits, string quiet)
    {
        if (culprits.Count > 0)
        {
            new TreeText(_terminal.Out, _terminal.IsLive, isChange: false).Write("leaks suspected by the watchdog", culprits);
        }
        else if (quiet.Length > 0)
        {
            _terminal.Out.WriteLine(quiet);
        }
    }

    private void WriteTrees(PendingCapture capture, PendingCapture? before)
    {
        var text = new TreeText(_terminal.Out, _terminal.IsLive, isChange: before is not null);
        if (!capture.IsReadable)
        {
            _terminal.Out.WriteLine("the target could not read its own process; this capture contains no data");
        }
        else if (before is null)
        {
            _terminal.Out.WriteLine(Line($"{capture.Total} pending operations at {capture.At:u}"));
            WriteBoth(text, PendingTree.Of(capture.Stacks), PendingTree.Of(capture.Origins));
        }
        else
        {
            var seconds = (capture.At - before.At).TotalSeconds;
            _terminal.Out.WriteLine(Line($"{before.Total} pending operations before, {capture.Total} now ({capture.Total - before.Total:+0;-0;0} in {seconds:0.#} s{PerMinute(capture.Total - before.Total, seconds)})"));
            if (seconds < 0)
            {
                _terminal.Out.WriteLine("note: the --diff capture is newer than the current one; the signs below are reversed");
            }

            WriteBoth(text, PendingTree.Difference(before.Stacks, capture.Stacks), PendingTree.Difference(before.Origins, capture.Origins));
        }

        foreach (var note in capture.Notes)
        {
            _terminal.Out.WriteLine($"note: {note}");
        }
    }

    private void WriteBoth(TreeText text, PendingTree stacks, PendingTree origins)
    {
        if (stacks.Children.Count == 0)
        {
            _terminal.Out.WriteLine("no call stack to show: no work is pending, or nothing changed");
        }
        else
        {
            text.Write("by call stack, outermost caller first", stacks);
        }

        if (origins.Children.Count > 0)
        {
            text.Write("by origin", origins);
        }
    }

    private static string PerMinute(long growth, double seconds) => seconds >= 1 ? Line($", {growth * 60 / seconds:+0.#;-0.#;0} per minute") : "";

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static byte[] ReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--diff cannot read {path}: {e.Message}", e);
        }
    }
}

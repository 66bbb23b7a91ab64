using System.CommandLine;
using System.Globalization;
using System.Text;
using Herz.Resilience.Tool.GrpcCalls;
using Herz.Resilience.Tool.Plotting;
using Herz.Resilience.Tool.Reporting;
using Herz.Resilience.Tool.Requests;
using Herz.Resilience.Tool.Running;
using Herz.Resilience.Tool.Scenarios;
using Herz.Resilience.Tool.Scheduling;
using Herz.Resilience.Tool.Thresholds;
using Herz.Resilience.Tool.Values;

namespace Herz.Resilience.Tool.Commands;

/// <summary>The options that describe a load; shared by all commands that send load.</summary>
internal sealed class LoadOptions
{
    private readonly Argument<string?> _url = new("URL") { Description = "Target URL, such as http://localhost:5000/orders.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _scenario = new("--scenario", "-s") { Description = "A YAML or JSON file with weighted requests and settings. Command line options override it." };
    private readonly Option<string?> _rate = new("--rate", "-r") { Description = "Requests per second, such as 200 or 12000/m. Default 100." };
    private readonly Option<string?> _for;
    private readonly Option<string?> _shape = new("--shape") { Description = "constant (default), poisson, 'ramp A-B', 'steps A,B,C' or 'spike A-B'." };
    private readonly Option<bool> _poisson = new("--poisson") { Description = "Random arrivals (exponential gaps) at the rate of the shape." };
    private readonly Option<string?> _seed = new("--seed") { Description = "Seed of random arrivals. Default 1." };
    private readonly Option<string?> _closed = new("--closed") { Description = "Closed loop instead of a rate: this many clients, each waits for its answer before the next request." };
    private readonly Option<string?> _think = new("--think") { Description = "Closed loop only: pause of a client after each answer. Default 0s." };
    private readonly Option<string?> _warmUp = new("--warmup") { Description = "Time before the run in which the rate rises to the first rate; not part of the results. Default 2s." };
    private readonly Option<string?> _timeout = new("--timeout") { Description = "Timeout of a request, from its intended start. Default 10s." };
    private readonly Option<string?> _connections = new("--connections", "-c") { Description = "Maximum number of connections to one host. Default 1024." };
    private readonly Option<string?> _slo = new("--slo") { Description = "Maximum latency of a good answer. Default: none, all successes are good." };
    private readonly Option<string?> _method = new("--method", "-X") { Description = "HTTP method. Default GET." };
    private readonly Option<string[]> _header = new("--header", "-H") { Description = "A header, 'Name: value'. May be repeated." };
    private readonly Option<string?> _body = new("--body") { Description = "Request body as text, or @FILE." };
    private readonly Option<string?> _grpc = new("--grpc") { Description = "A unary gRPC method, such as shop.v1.Orders/GetOrder. The URL is the server without a path, the body is JSON." };
    private readonly Option<string?> _protoset = new("--protoset") { Description = "Descriptor file of the gRPC methods, written by protoc --include_imports --descriptor_set_out. Default: server reflection." };
    private readonly Option<string?> _http = new("--http") { Description = "1.1 (default) or 2. With http URLs, 2 is used without negotiation." };
    private readonly Option<bool> _insecure = new("--insecure", "-k") { Description = "Accept any server certificate." };
    private readonly Option<string[]> _expect = new("--expect") { Description = "A threshold such as 'p95<800ms', 'goodput>=380/s' or 'errors<1%'. May be repeated. Exit code 1 if one is missed." };
    private readonly Option<string?> _json = new("--json") { Description = "Write the report to this file." };
    private readonly Option<string?> _html = new("--html") { Description = "Write the report with its plots to this file, as one self-contained page." };
    private readonly string _length;

    /// <summary>Creates the options.</summary>
    /// <param name="length">Default of <c>--for</c>.</param>
    public LoadOptions(string length)
    {
        _length = length;
        _for = new("--for", "-d") { Description = $"Duration of the run, without the warm-up. Default {length}." };
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_url);
        foreach (var option in new Option[] { _scenario, _rate, _for, _shape, _poisson, _seed, _closed, _think, _warmUp, _timeout, _connections, _slo, _method, _header, _body, _grpc, _protoset, _http, _insecure, _expect, _json, _html })
        {
            command.Add(option);
        }
    }

    /// <summary>Reads the settings and thresholds of a run, and tests that its output files can be written.</summary>
    /// <exception cref="UsageException">A value or a file is invalid.</exception>
    public (LoadSettings Settings, IReadOnlyList<Expectation> Expectations) Read(ParseResult parsed)
    {
        var url = parsed.GetValue(_url) is { } given ? TargetUrl.Parse(given, "the URL") : null;
        var scenario = parsed.GetValue(_scenario) is { } file ? ScenarioReader.Read(file, url) : null;
        if (scenario is not null && (parsed.GetValue(_method) ?? parsed.GetValue(_body) ?? parsed.GetValue(_grpc)) is not null)
        {
            throw new UsageException("--method, --body and --grpc apply to a single URL only; with --scenario, write them in the file");
        }

        var expectations = (scenario?.Expect ?? []).Concat(parsed.GetValue(_expect) ?? []).Select(Expectation.Parse).ToArray();
        var settings = ReadSettings(parsed, scenario, url);
        OutputFile.Check(parsed.GetValue(_json), "--json");
        OutputFile.Check(parsed.GetValue(_html), "--html");
        return (settings, expectations);
    }

    /// <summary>Writes the report to the files named by the options.</summary>
    /// <exception cref="UsageException">A file cannot be written.</exception>
    public void WriteFiles(ParseResult parsed, RunReport report)
    {
        if (parsed.GetValue(_json) is { } json)
        {
            ReportJson.Write(report, json);
        }

        if (parsed.GetValue(_html) is { } html)
        {
            HtmlPage.Write(RunPage.Of(report), html);
        }
    }

    private LoadSettings ReadSettings(ParseResult parsed, Scenario? scenario, Uri? url)
    {
        string? Get(Option<string?> option) => parsed.GetValue(option) ?? scenario?.Settings.GetValueOrDefault(option.Name[2..]);
        bool Has(Option<bool> option) => parsed.GetValue(option) || Flag(scenario, option.Name);

        var length = Duration.Parse(Get(_for) ?? _length, "--for");
        var closed = Get(_closed) is { } clients ? Whole(clients, "--closed") : (int?)null;
        var think = Duration.Parse(Get(_think) ?? "0s", "--think", allowZero: true);
        var rate = Get(_rate) is { } text ? Rate.Parse(text, "--rate") : (double?)null;
        var (shape, isPoisson) = ShapeParser.Parse(Get(_shape) ?? "constant", rate, length);
        isPoisson |= Has(_poisson);
        if (closed is null && think > TimeSpan.Zero)
        {
            throw new UsageException("--think requires a closed loop; add --closed N or remove --think");
        }

        if (closed is not null && (rate is not null || Get(_shape) is not null || isPoisson))
        {
            throw new UsageException("--closed cannot be combined with --rate, --shape or --poisson, because the answers determine its rate; remove one of them");
        }

        if (shape.Arrivals < 1)
        {
            throw new UsageException($"the shape {shape.Name} over {length.TotalSeconds:0.###} s is less than one request; increase the rate or --for");
        }

        var templates = scenario?.Requests ?? [parsed.GetValue(_grpc) is { } method ? ReadGrpc(parsed, url, method) : ReadTemplate(parsed, url)];
        var isGrpc = templates.Any(t => t.Grpc is not null);
        if (Get(_protoset) is not null && !isGrpc)
        {
            throw new UsageException("--protoset requires a gRPC method; add --grpc or remove --protoset");
        }

        return new LoadSettings
        {
            Templates = templates,
            Protoset = Get(_protoset),
            Shape = shape,
            PoissonSeed = isPoisson ? Whole(Get(_seed) ?? "1", "--seed", min: 0, max: int.MaxValue) : null,
            ClosedClients = closed,
            Think = think,
            WarmUp = Duration.Parse(Get(_warmUp) ?? "2s", "--warmup", allowZero: true),
            Timeout = Duration.Parse(Get(_timeout) ?? "10s", "--timeout"),
            MaxConnections = Math.Max(Whole(Get(_connections) ?? "1024", "--connections"), closed ?? 0),
            Slo = Get(_slo) is { } slo ? Duration.Parse(slo, "--slo") : Timeout.InfiniteTimeSpan,
            HttpVersion = Get(_http) switch
            {
                null when isGrpc => System.Net.HttpVersion.Version20,
                "1.1" or "1" when isGrpc => throw new UsageException("--http is 1.1, but gRPC requires 2; remove --http"),
                null or "1.1" or "1" => System.Net.HttpVersion.Version11,
                "2" or "2.0" => System.Net.HttpVersion.Version20,
                var other => throw new UsageException($"--http is '{other}'; it must be 1.1 or 2"),
            },
            Insecure = Has(_insecure),
        };
    }

    private static bool Flag(Scenario? scenario, string option) =>
        scenario?.Settings.GetValueOrDefault(option[2..]) switch
        {
            null or "false" => false,
            "true" => true,
            var other => throw new UsageException($"{option} is '{other}' in the scenario; it must be true or false"),
        };

    private static int Whole(string text, string what, int min = 1, int max = 60_000) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw new UsageException($"{what} is {text}; it must be an integer from {min} to {max}");

    private RequestTemplate ReadTemplate(ParseResult parsed, Uri? url)
    {
        var method = (parsed.GetValue(_method) ?? "GET").ToUpperInvariant();
        if (method.Length == 0 || method.Any(c => !char.IsAsciiLetter(c)))
        {
            throw new UsageException($"--method is '{method}'; it must be an HTTP method such as GET or POST");
        }

        return new RequestTemplate
        {
            Url = url ?? throw new UsageException("the URL is missing; write herz load http://localhost:5000/orders, or use --scenario FILE"),
            Method = method,
            Headers = [.. (parsed.GetValue(_header) ?? []).Select(h => HeaderLine.Parse(h, "--header"))],
            Body = ReadBody(parsed.GetValue(_body)),
        };
    }

    private RequestTemplate ReadGrpc(ParseResult parsed, Uri? url, string text)
    {
        if (parsed.GetValue(_method) is not null)
        {
            throw new UsageException("--method cannot be combined with --grpc, which always sends POST; remove --method");
        }

        var method = GrpcMethod.Parse(text, "--grpc");
        return new RequestTemplate
        {
            Url = method.At(url ?? throw new UsageException("the URL is missing; write herz load http://localhost:5000 --grpc shop.v1.Orders/GetOrder"), "the URL"),
            Grpc = method,
            Method = "POST",
            Headers = [.. (parsed.GetValue(_header) ?? []).Select(h => HeaderLine.Parse(h, "--header"))],
            Body = ReadBody(parsed.GetValue(_body)),
        };
    }

    private static byte[] ReadBody(string? text)
    {
        if (text is null || !text.StartsWith('@'))
        {
            return Encoding.UTF8.GetBytes(text ?? "");
        }

        try
        {
            return File.ReadAllBytes(text[1..]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--body cannot read {text[1..]}: {e.Message}", e);
        }
    }
}

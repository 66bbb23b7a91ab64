using System.CommandLine;
using System.Text;
using Herz.Resilience.Tool.Requests;
using Herz.Resilience.Tool.Running;
using Herz.Resilience.Tool.Scheduling;
using Herz.Resilience.Tool.Thresholds;
using Herz.Resilience.Tool.Values;

namespace Herz.Resilience.Tool.Commands;

/// <summary>The options by which a load is described, shared by the commands that send one.</summary>
internal sealed class LoadOptions
{
    private readonly Argument<string?> _url = new("URL") { Description = "What to ask, such as http://localhost:5000/orders.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _rate = new("--rate", "-r") { Description = "Requests per second, such as 200 or 12000/m. Default 100." };
    private readonly Option<string> _for;
    private readonly Option<string> _shape = new("--shape") { Description = "constant, poisson, 'ramp A-B', 'steps A,B,C' or 'spike A-B'.", DefaultValueFactory = _ => "constant" };
    private readonly Option<bool> _poisson = new("--poisson") { Description = "Random arrivals (exponential gaps) around the rate of any shape." };
    private readonly Option<int> _seed = new("--seed") { Description = "Seed of random arrivals.", DefaultValueFactory = _ => 1 };
    private readonly Option<int?> _closed = new("--closed") { Description = "A closed loop of so many clients, each waiting for its answer, instead of a rate." };
    private readonly Option<string> _think = new("--think") { Description = "What a client of the closed loop waits after each answer.", DefaultValueFactory = _ => "0s" };
    private readonly Option<string> _warmUp = new("--warmup") { Description = "Time before the run in which the rate rises to the first one, left out of the figures.", DefaultValueFactory = _ => "2s" };
    private readonly Option<string> _timeout = new("--timeout") { Description = "How long an answer is waited for, from the intended start.", DefaultValueFactory = _ => "10s" };
    private readonly Option<int> _connections = new("--connections", "-c") { Description = "Most connections to one host.", DefaultValueFactory = _ => 1024 };
    private readonly Option<string?> _slo = new("--slo") { Description = "Latency within which a success counts as good. Default: any." };
    private readonly Option<string> _method = new("--method", "-X") { Description = "Method of the request.", DefaultValueFactory = _ => "GET" };
    private readonly Option<string[]> _header = new("--header", "-H") { Description = "A header, 'Name: value'. May be repeated." };
    private readonly Option<string?> _body = new("--body") { Description = "The body as text, or @FILE." };
    private readonly Option<bool> _insecure = new("--insecure", "-k") { Description = "Take any certificate." };
    private readonly Option<string[]> _expect = new("--expect") { Description = "A threshold such as 'p95<800ms', 'goodput>=380/s', 'errors<1%'. May be repeated; exit code 1 if one is missed." };
    private readonly Option<string?> _json = new("--json") { Description = "Write the report to this file." };

    /// <summary>Makes the options.</summary>
    /// <param name="length">How long the command runs unless told.</param>
    public LoadOptions(string length) =>
        _for = new("--for", "-d") { Description = "Length of the run, without the warm-up.", DefaultValueFactory = _ => length };

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_url);
        foreach (var option in new Option[] { _rate, _for, _shape, _poisson, _seed, _closed, _think, _warmUp, _timeout, _connections, _slo, _method, _header, _body, _insecure, _expect, _json })
        {
            command.Add(option);
        }
    }

    /// <summary>Reads the settings of a run.</summary>
    /// <exception cref="UsageException">A value cannot be.</exception>
    public LoadSettings Read(ParseResult parsed)
    {
        var length = Duration.Parse(parsed.GetRequiredValue(_for), "--for");
        var closed = parsed.GetValue(_closed);
        var think = Duration.Parse(parsed.GetRequiredValue(_think), "--think", allowZero: true);
        var rate = parsed.GetValue(_rate) is { } text ? Rate.Parse(text, "--rate") : (double?)null;
        var (shape, isPoisson) = ShapeParser.Parse(parsed.GetRequiredValue(_shape), rate, length);
        if (closed is null && think > TimeSpan.Zero)
        {
            throw new UsageException("--think has a meaning in a closed loop only; give --closed N, or leave it out");
        }

        if (closed is not null && (rate is not null || parsed.GetResult(_shape) is { Implicit: false } || parsed.GetValue(_poisson)))
        {
            throw new UsageException("--closed sends as fast as answers come, so --rate, --shape and --poisson have no meaning beside it; leave one of them out");
        }

        if (shape.Arrivals < 1)
        {
            throw new UsageException($"the shape {shape.Name} over {length.TotalSeconds:0.###} s comes to less than one request; raise the rate or --for");
        }

        var connections = AtLeastOne(parsed.GetValue(_connections), "--connections");
        return new LoadSettings
        {
            Templates = [ReadTemplate(parsed)],
            Shape = shape,
            PoissonSeed = isPoisson || parsed.GetValue(_poisson) ? parsed.GetValue(_seed) : null,
            ClosedClients = closed is { } clients ? AtLeastOne(clients, "--closed") : null,
            Think = think,
            WarmUp = Duration.Parse(parsed.GetRequiredValue(_warmUp), "--warmup", allowZero: true),
            Timeout = Duration.Parse(parsed.GetRequiredValue(_timeout), "--timeout"),
            MaxConnections = Math.Max(connections, closed ?? 0),
            Slo = parsed.GetValue(_slo) is { } slo ? Duration.Parse(slo, "--slo") : Timeout.InfiniteTimeSpan,
            Insecure = parsed.GetValue(_insecure),
        };
    }

    /// <summary>Reads the thresholds.</summary>
    public IReadOnlyList<Expectation> ReadExpectations(ParseResult parsed) => [.. (parsed.GetValue(_expect) ?? []).Select(Expectation.Parse)];

    /// <summary>The file for the report, or null.</summary>
    public string? JsonFile(ParseResult parsed) => parsed.GetValue(_json);

    private static int AtLeastOne(int value, string what) =>
        value is >= 1 and <= 60_000 ? value : throw new UsageException($"{what} is {value}; it must be from 1 to 60000");

    private RequestTemplate ReadTemplate(ParseResult parsed)
    {
        var method = parsed.GetRequiredValue(_method).ToUpperInvariant();
        if (method.Length == 0 || method.Any(c => !char.IsAsciiLetter(c)))
        {
            throw new UsageException($"--method is '{method}'; it must be a method such as GET or POST");
        }

        return new RequestTemplate
        {
            Url = TargetUrl.Parse(parsed.GetValue(_url) ?? throw new UsageException("no URL was given; write herz load http://localhost:5000/orders"), "the URL"),
            Method = method,
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

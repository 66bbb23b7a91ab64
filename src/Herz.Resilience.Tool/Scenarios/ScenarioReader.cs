using System.Globalization;
using System.Text;
using Herz.Resilience.Tool.GrpcCalls;
using Herz.Resilience.Tool.Requests;
using Herz.Resilience.Tool.Values;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Herz.Resilience.Tool.Scenarios;

/// <summary>Reads a scenario from YAML or JSON (a subset of YAML); each error is one sentence with its line.</summary>
internal sealed class ScenarioReader
{
    private static readonly string[] s_settings = ["rate", "for", "shape", "poisson", "seed", "closed", "think", "warmup", "timeout", "connections", "slo", "http", "insecure", "protoset"];
    private static readonly string[] s_top = [.. s_settings, "base", "headers", "expect", "requests"];
    private static readonly string[] s_request = ["name", "url", "grpc", "method", "headers", "body", "bodyFile", "weight"];

    private readonly string _path;
    private readonly Uri? _base;

    private ScenarioReader(string path, Uri? @base)
    {
        _path = path;
        _base = @base;
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="base">Base of relative URLs from the command line; overrides the base in the file.</param>
    /// <exception cref="UsageException">The file cannot be read or is invalid.</exception>
    public static Scenario Read(string path, Uri? @base)
    {
        try
        {
            using var reader = new StreamReader(path);
            var yaml = new YamlStream();
            yaml.Load(reader);
            return new ScenarioReader(path, @base).Root(yaml);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"the scenario {path} cannot be read: {e.Message}", e);
        }
        catch (YamlException e)
        {
            throw new UsageException($"the scenario {path} is neither YAML nor JSON: line {e.Start.Line}: {e.Message}", e);
        }
    }

    private Scenario Root(YamlStream yaml)
    {
        if (yaml.Documents.Count != 1 || yaml.Documents[0].RootNode is not YamlMappingNode root)
        {
            throw new UsageException($"the scenario {_path} must be one map with the key 'requests'");
        }

        var entries = Entries(root, s_top, "a scenario");
        var settings = entries.Where(e => s_settings.Contains(e.Key)).ToDictionary(e => e.Key, e => Text(e.Value, e.Key), StringComparer.Ordinal);
        if (settings.TryGetValue("protoset", out var protoset))
        {
            settings["protoset"] = RelativeToScenario(protoset);
        }

        var from = _base ?? (entries.TryGetValue("base", out var b) ? TargetUrl.Parse(Text(b, "base"), At(b, "base")) : null);
        var shared = entries.TryGetValue("headers", out var h) ? Headers(h) : [];
        var expect = entries.TryGetValue("expect", out var x) ? Items(x, "expect").Select(i => Text(i, "expect")).ToArray() : [];
        var requests = entries.TryGetValue("requests", out var r) ? Items(r, "requests").Select(i => Request(i, from, shared)).ToArray() : [];
        return requests.Length > 0
            ? new Scenario(settings, expect, requests)
            : throw new UsageException($"the scenario {_path} has no requests; add at least one under 'requests', such as '- url: /orders'");
    }

    private RequestTemplate Request(YamlNode node, Uri? from, IReadOnlyList<KeyValuePair<string, string>> shared)
    {
        if (node is not YamlMappingNode map)
        {
            throw Wrong(node, "requests", "each request must be a map such as '- url: /orders'");
        }

        var entries = Entries(map, s_request, "a request");
        if (entries.TryGetValue("grpc", out var grpc))
        {
            return Grpc(grpc, entries, from, shared);
        }

        if (!entries.TryGetValue("url", out var urlNode))
        {
            throw Wrong(node, "requests", "this request has no url; add one, such as url: /orders");
        }

        var own = entries.TryGetValue("headers", out var h) ? Headers(h) : [];
        var method = entries.TryGetValue("method", out var m) ? Text(m, "method").ToUpperInvariant() : "GET";
        if (method.Length == 0 || method.Any(c => !char.IsAsciiLetter(c)))
        {
            throw Wrong(m!, "method", $"'{method}' is not an HTTP method; use a method such as GET or POST");
        }

        var url = Url(urlNode, from);
        return new RequestTemplate
        {
            Name = entries.TryGetValue("name", out var name) ? Text(name, "name") : $"{method} {url.PathAndQuery}",
            Url = url,
            Method = method,
            Headers = Merge(shared, own),
            Body = Body(entries),
            Weight = entries.TryGetValue("weight", out var w) ? Weight(w) : 1,
        };
    }

    private RequestTemplate Grpc(YamlNode node, Dictionary<string, YamlNode> entries, Uri? from, IReadOnlyList<KeyValuePair<string, string>> shared)
    {
        if (entries.TryGetValue("method", out var verb))
        {
            throw Wrong(verb, "method", "a gRPC call always uses POST; remove it");
        }

        var server = entries.TryGetValue("url", out var url) ? Url(url, from)
            : from ?? throw Wrong(node, "grpc", "the server is missing; add 'base: http://host:port' to the scenario, or pass the URL on the command line");
        var method = GrpcMethod.Parse(Text(node, "grpc"), At(node, "grpc"));
        return new RequestTemplate
        {
            Name = entries.TryGetValue("name", out var name) ? Text(name, "name") : method.ToString(),
            Url = method.At(server, At(url ?? node, "the server")),
            Grpc = method,
            Method = "POST",
            Headers = Merge(shared, entries.TryGetValue("headers", out var own) ? Headers(own) : []),
            Body = Body(entries),
            Weight = entries.TryGetValue("weight", out var weight) ? Weight(weight) : 1,
        };
    }

    private static KeyValuePair<string, string>[] Merge(IReadOnlyList<KeyValuePair<string, string>> shared, KeyValuePair<string, string>[] own) =>
        [.. shared.Where(s => !own.Any(o => o.Key.Equals(s.Key, StringComparison.OrdinalIgnoreCase))), .. own];

    private Uri Url(YamlNode node, Uri? from)
    {
        var text = Text(node, "url");
        if (text.StartsWith('/'))
        {
            return from is not null && Uri.TryCreate(from, text, out var joined)
                ? joined
                : throw Wrong(node, "url", $"'{text}' is a path; add 'base: http://host:port' to the scenario, or pass the URL on the command line");
        }

        return TargetUrl.Parse(text, At(node, "url"));
    }

    private byte[] Body(Dictionary<string, YamlNode> entries)
    {
        if (entries.TryGetValue("bodyFile", out var file))
        {
            var path = RelativeToScenario(Text(file, "bodyFile"));
            try
            {
                return File.ReadAllBytes(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Wrong(file, "bodyFile", $"{path} cannot be read: {e.Message}");
            }
        }

        return entries.TryGetValue("body", out var body) ? Encoding.UTF8.GetBytes(Text(body, "body")) : [];
    }

    // Independent of the working directory.
    private string RelativeToScenario(string file) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_path))!, file);

    private double Weight(YamlNode node) =>
        double.TryParse(Text(node, "weight"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight) && weight is > 0 and <= 1e6
            ? weight
            : throw Wrong(node, "weight", $"'{node}' is not a weight; it must be a number greater than 0 and at most 1000000");

    private KeyValuePair<string, string>[] Headers(YamlNode node) =>
        node is YamlMappingNode map
            ? [.. map.Children.Select(c => HeaderLine.Check(Text(c.Key, "headers"), Text(c.Value, "headers"), At(c.Key, "headers")))]
            : throw Wrong(node, "headers", "headers must be a map such as 'Accept: application/json'");

    private Dictionary<string, YamlNode> Entries(YamlMappingNode map, string[] keys, string owner)
    {
        var entries = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (var (key, value) in map.Children)
        {
            var name = Text(key, "a key");
            if (!keys.Contains(name))
            {
                throw new UsageException($"the scenario {_path}, line {key.Start.Line}: '{name}' is not a key of {owner}; the keys are {string.Join(", ", keys)}");
            }

            entries[name] = value;
        }

        return entries;
    }

    private IList<YamlNode> Items(YamlNode node, string key) =>
        node is YamlSequenceNode list ? list.Children : throw Wrong(node, key, "it must be a list");

    private string Text(YamlNode node, string key) =>
        node is YamlScalarNode { Value: { } text } ? text : throw Wrong(node, key, "it must be a single value");

    private UsageException Wrong(YamlNode node, string key, string reason) => new($"{At(node, key)}: {reason}");

    private string At(YamlNode node, string key) => $"the scenario {_path}, line {node.Start.Line}, {key}";
}

using System.Text;
using Herz.Resilience.Tool.Scenarios;

namespace Herz.Resilience.Tool.Tests.Scenarios;

public sealed class ScenarioReaderTests
{
    private static Scenario Read(string text, string? @base = null)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, text);
            return ScenarioReader.Read(path, @base is null ? null : new Uri(@base));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Read_Yaml_ReturnsRequestsAndSettings()
    {
        var scenario = Read("""
            base: http://localhost:5000
            rate: 200
            slo: 300ms
            headers: { X-Tag: blue, Accept: text/plain }
            expect: [ 'p95<800ms' ]
            requests:
              - url: /orders
                weight: 3
              - name: place
                url: http://other:81/orders
                method: post
                headers: { Accept: application/json }
                body: '{"n":1}'
            """);

        Assert.Equal(("200", "300ms"), (scenario.Settings["rate"], scenario.Settings["slo"]));
        Assert.Equal(["p95<800ms"], scenario.Expect);
        Assert.Equal(["http://localhost:5000/orders", "http://other:81/orders"], scenario.Requests.Select(r => r.Url.ToString()));
        Assert.Equal(["GET /orders", "place"], scenario.Requests.Select(r => r.Name));
        Assert.Equal([3.0, 1.0], scenario.Requests.Select(r => r.Weight));
        Assert.Equal("POST", scenario.Requests[1].Method);
        Assert.Equal("{\"n\":1}", Encoding.UTF8.GetString(scenario.Requests[1].Body.Span));
        Assert.Equal(["X-Tag=blue", "Accept=application/json"], scenario.Requests[1].Headers.Select(h => $"{h.Key}={h.Value}"));
    }

    [Fact]
    public void Read_Json_IsTheSame() =>
        Assert.Equal("http://h:1/a", Read("{\"base\": \"http://h:1\", \"requests\": [{\"url\": \"/a\"}]}").Requests[0].Url.ToString());

    [Fact]
    public void Read_BaseOnTheCommandLine_OverridesTheFile() =>
        Assert.Equal("http://other:2/a", Read("base: http://h:1\nrequests: [{url: /a}]", "http://other:2/").Requests[0].Url.ToString());

    [Theory]
    [InlineData("requests:\n  - url: http://h/\n    wieght: 3", "line 3: 'wieght' is not a key of a request; the keys are name, url")]
    [InlineData("speed: 3\nrequests: []", "line 1: 'speed' is not a key of a scenario")]
    [InlineData("rate: 5", "has no requests")]
    [InlineData("requests: []", "has no requests")]
    [InlineData("requests: [{url: /a}]", "add 'base: http://host:port'")]
    [InlineData("requests: [{weight: 1}]", "has no url")]
    [InlineData("requests: [{url: http://h/, weight: -1}]", "'-1' is not a weight")]
    [InlineData("requests: [{url: http://h/, weight: .nan}]", "is not a weight")]
    [InlineData("requests: [{url: 'ftp://h/'}]", "full http or https URL")]
    [InlineData("requests: [{url: http://h/, method: 'G T'}]", "is not an HTTP method")]
    [InlineData("requests: [{url: http://h/, bodyFile: none.json}]", "cannot be read")]
    [InlineData("requests: [{url: http://h/, headers: [a]}]", "headers must be a map")]
    [InlineData("requests: {url: http://h/}", "must be a list")]
    [InlineData("rate: [1]\nrequests: [{url: http://h/}]", "must be a single value")]
    [InlineData("- a\n- b", "must be one map")]
    [InlineData("requests: [", "neither YAML nor JSON")]
    [InlineData("", "must be one map")]
    public void Read_Error_IsNamedWithItsLine(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<UsageException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_MissingFile_IsReported() =>
        Assert.Contains("cannot be read", Assert.Throws<UsageException>(() => ScenarioReader.Read("/does/not/exist.yaml", null)).Message, StringComparison.Ordinal);
}

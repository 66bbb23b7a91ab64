using System.Net;
using Herz.Resilience.CircuitBreaking;
using Herz.Resilience.Tests.Hosting;
using Herz.Resilience.Tests.Hosting.Apps;

namespace Herz.Resilience.Tests.CircuitBreaking;

/// <summary>The manual control of circuits, in code and on the management page.</summary>
public sealed class CircuitControlTests
{
    private const string Name = "GET /orders/{id}";
    private static readonly string s_query = $"/herz/circuits?name={Uri.EscapeDataString(Name)}&action=";

    [Fact]
    public async Task Circuits_InCode_AreIsolatedAndClosed()
    {
        var changes = new List<CircuitChange>();
        await using var app = await StartAsync(changes);
        var circuits = app.Services.GetRequiredService<ICircuits>();
        Assert.False(circuits.Isolate(Name, "not called yet"));
        await app.StatusAsync("/orders/1");

        Assert.True(circuits.Isolate(Name, "maintenance"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await app.StatusAsync("/orders/1"));
        Assert.Contains(new CircuitSnapshot(Name, CircuitDirection.Inbound, CircuitStatus.Isolated), circuits.List());
        Assert.True(circuits.Close(Name, "done"));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/orders/1"));

        Assert.Equal([(CircuitStatus.Isolated, "maintenance"), (CircuitStatus.Closed, "done")], changes.Select(change => (change.To, change.Reason)));
        Assert.Equal(2, app.Logs.Entries.Count(entry => entry.EventId == 506));
        Assert.Equal(1, await Scrape.SumAsync(app.Client, "herz_circuit_transitions_total", $"endpoint=\"{Name}\"", "to=\"isolated\""));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    public async Task Circuits_WithoutANameOrAReason_Throw(string? nothing)
    {
        await using var app = await StartAsync([]);
        var circuits = app.Services.GetRequiredService<ICircuits>();

        Assert.ThrowsAny<ArgumentException>(() => circuits.Isolate(nothing!, "reason"));
        Assert.ThrowsAny<ArgumentException>(() => circuits.Close("name", nothing!));
        Assert.ThrowsAny<ArgumentException>(() => circuits.Reset(nothing!, "reason"));
    }

    [Fact]
    public async Task Page_IsolatesAndLists_AndLogsWhoDidIt()
    {
        await using var app = await StartAsync([]);
        await app.StatusAsync("/orders/1");

        var listed = await PostAsync(app, s_query + "isolate&reason=maintenance");

        Assert.Contains("""{"name":"GET /orders/{id}","direction":"Inbound","status":"Isolated"}""", listed.Text);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await app.StatusAsync("/orders/1"));
        Assert.Contains(app.Logs.Entries, static entry => entry.EventId == 506 && entry.Message.Contains("Isolate of the circuit GET /orders/{id}, which was Closed: maintenance (by 127.0.0.1)", StringComparison.Ordinal));
        Assert.Contains("\"Closed\"", (await PostAsync(app, s_query + "RESET")).Text);
        Assert.Contains("\"Closed\"", await app.Client.GetStringAsync("/herz/circuits"));
    }

    [Theory]
    [InlineData("/herz/circuits", HttpStatusCode.BadRequest, "action is \"\"; expected isolate, close or reset")]
    [InlineData("/herz/circuits?action=1&name=x", HttpStatusCode.BadRequest, "action is \"1\"")]
    [InlineData("/herz/circuits?action=open&name=x", HttpStatusCode.BadRequest, "action is \"open\"")]
    [InlineData("/herz/circuits?action=close", HttpStatusCode.BadRequest, "name is \"\"")]
    [InlineData("/herz/circuits?action=close&name=nowhere", HttpStatusCode.NotFound, "No circuit is named \"nowhere\"")]
    public async Task Page_RejectsNonsense(string path, HttpStatusCode status, string text)
    {
        await using var app = await StartAsync([]);

        var answer = await PostAsync(app, path);

        Assert.Equal(status, answer.Status);
        Assert.Contains(text, answer.Text);
    }

    [Fact]
    public async Task Page_RejectsOtherMethodsAndOtherSites()
    {
        await using var app = await StartAsync([]);
        await app.StatusAsync("/orders/1");
        using var put = await app.Client.PutAsync("/herz/circuits", null);
        using var foreign = new HttpRequestMessage(HttpMethod.Post, s_query + "isolate") { Headers = { { "Sec-Fetch-Site", "cross-site" } } };
        using var refused = await app.Client.SendAsync(foreign);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, put.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/orders/1"));
    }

    [Fact]
    public async Task Page_InProduction_IsClosed()
    {
        await using var app = await StartAsync([], "Production");
        await app.StatusAsync("/orders/1");

        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(app, s_query + "isolate")).Status);
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/orders/1"));
    }

    private static async Task<(HttpStatusCode Status, string Text)> PostAsync(TestApp app, string path)
    {
        using var answer = await app.Client.PostAsync(path, null);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static Task<TestApp> StartAsync(List<CircuitChange> changes, string environment = "Development") => TestApp.StartAsync(
        static web => web.MapGet("/orders/{id}", static () => "order"),
        build: builder => builder.UseHerzResilience(options => options.CircuitBreaking.OnChange = changes.Add),
        environment: environment);
}

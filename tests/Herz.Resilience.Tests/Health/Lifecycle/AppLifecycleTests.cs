using System.Net;
using Herz.Resilience.Health;
using Herz.Resilience.Health.Lifecycle;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Health.Lifecycle;

public sealed class AppLifecycleTests : ILifecycleObserver, IStartupGate
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<LifecycleChange> _changes = [];
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    string IStartupGate.Name => "cache";

    [Fact]
    public void Changes_LeadOnlyForward()
    {
        var phases = Enum.GetValues<LifecyclePhase>();
        var legal = from a in phases from b in phases where AppLifecycle.IsLegal(a, b) select (a, b);

        Assert.Equal(
            [
                (LifecyclePhase.Initializing, LifecyclePhase.Running),
                (LifecyclePhase.Initializing, LifecyclePhase.Draining),
                (LifecyclePhase.Initializing, LifecyclePhase.Faulted),
                (LifecyclePhase.Running, LifecyclePhase.Draining),
                (LifecyclePhase.Running, LifecyclePhase.Faulted),
                (LifecyclePhase.Draining, LifecyclePhase.Stopped),
                (LifecyclePhase.Faulted, LifecyclePhase.Draining),
            ],
            legal);
    }

    [Fact]
    public async Task App_PassesThroughItsPhases_EachObservedOnce()
    {
        var app = await StartAsync();
        Assert.Equal(LifecyclePhase.Running, app.Services.GetRequiredService<IAppLifecycle>().Phase);
        Assert.Contains("\nherz_lifecycle_phase 1\n", await app.Client.GetStringAsync("/metrics"));
        await app.Services.GetRequiredService<IHost>().StopAsync();
        await app.DisposeAsync();

        Assert.Equal([LifecyclePhase.Running, LifecyclePhase.Draining, LifecyclePhase.Stopped], _changes.Select(static change => change.To));
        Assert.Equal(3, app.Logs.Entries.Count(static entry => entry.EventId == 704));
    }

    [Fact]
    public async Task Gate_ThatHasNotPassed_KeepsTheStartedAppOutOfService()
    {
        await using var app = await StartAsync(withGate: true);
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await app.StatusAsync("/healthz?probe=startup"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await app.StatusAsync("/healthz"));
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/healthz?probe=live"));

        _gate.SetResult();

        await UntilAsync(() => app.StatusAsync("/healthz"), HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, await app.StatusAsync("/healthz?probe=startup"));
    }

    [Fact]
    public async Task Gate_ThatFails_MakesTheAppFaulted()
    {
        await using var app = await StartAsync(withGate: true);
        _gate.SetException(new InvalidOperationException("no cache"));

        await UntilAsync(() => Task.FromResult(app.Services.GetRequiredService<IAppLifecycle>().Phase), LifecyclePhase.Faulted);

        Assert.Contains("\"faulted\"", await (await app.Client.GetAsync("/healthz")).Content.ReadAsStringAsync());
        Assert.Equal("the startup gate cache failed", _changes[^1].Reason);
        Assert.Contains(app.Logs.Entries, static entry => entry.EventId == 707);
    }

    [Fact]
    public async Task Fault_InCode_IsFinal()
    {
        await using var app = await StartAsync();
        var lifecycle = app.Services.GetRequiredService<IAppLifecycle>();

        Assert.ThrowsAny<ArgumentException>(() => lifecycle.Fault(" "));
        Assert.ThrowsAny<ArgumentException>(() => lifecycle.Fault(null!));
        Assert.True(lifecycle.Fault("out of disk"));
        Assert.False(lifecycle.Fault("again"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await app.StatusAsync("/healthz"));
    }

    [Fact]
    public async Task Gate_ThatStillRunsAtTheEnd_DoesNotHoldTheStop()
    {
        var app = await StartAsync(withGate: true);

        await app.Services.GetRequiredService<IHost>().StopAsync();
        await app.DisposeAsync();

        Assert.Equal([LifecyclePhase.Draining, LifecyclePhase.Stopped], _changes.Select(static change => change.To));
    }

    [Fact]
    public async Task DrainingApp_ClosesConnections_MoreAndMore()
    {
        await using var app = await StartAsync(new() { ["Health:DrainDelay"] = "00:00:10" });
        Assert.NotEqual(true, (await app.Client.GetAsync("/")).Headers.ConnectionClose);
        var stop = app.Services.GetRequiredService<IHost>().StopAsync();
        await UntilAsync(() => Task.FromResult(app.Services.GetRequiredService<IAppLifecycle>().Phase), LifecyclePhase.Draining);

        Assert.NotEqual(true, (await app.Client.GetAsync("/")).Headers.ConnectionClose);
        _time.Advance(TimeSpan.FromSeconds(8));
        Assert.True((await app.Client.GetAsync("/")).Headers.ConnectionClose);
        _time.Advance(TimeSpan.FromSeconds(2));
        await stop.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(null, null, 0)]
    [InlineData(null, "", 0)]
    [InlineData(null, "10.0.0.1", 5)]
    [InlineData(0, "10.0.0.1", 0)]
    [InlineData(7, null, 7)]
    public void DrainDelay_IsConfiguredOrThatOfKubernetes(int? configured, string? host, int expected) => Assert.Equal(
        TimeSpan.FromSeconds(expected),
        DrainDelay.Of(configured is { } seconds ? TimeSpan.FromSeconds(seconds) : null, name => name == "KUBERNETES_SERVICE_HOST" ? host : null));

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(2, 0.19, true)]
    [InlineData(2, 0.21, false)]
    [InlineData(8, 0.99, true)]
    [InlineData(12, 0.99, true)]
    public void Connections_AreClosedWithARisingShare(int elapsed, double random, bool expected) =>
        Assert.Equal(expected, DrainDelay.MustClose(TimeSpan.FromSeconds(elapsed), TimeSpan.FromSeconds(10), random));

    void ILifecycleObserver.OnLifecycleChanged(LifecycleChange change)
    {
        _changes.Add(change);
        throw new InvalidOperationException("an observer that fails");
    }

    Task IStartupGate.WaitAsync(CancellationToken cancellationToken) => _gate.Task.WaitAsync(cancellationToken);

    private static async Task UntilAsync<T>(Func<Task<T>> read, T expected)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!Equals(await read(), expected))
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private Task<TestApp> StartAsync(Dictionary<string, string?>? settings = null, bool withGate = false) => TestApp.StartAsync(
        static web => web.MapGet("/", static () => "ok"),
        settings,
        _time,
        builder =>
        {
            builder.Services.AddSingleton<ILifecycleObserver>(this);
            if (withGate)
            {
                builder.Services.AddSingleton<IStartupGate>(this);
            }
        });
}

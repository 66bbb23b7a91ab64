using Herz.Resilience.BackgroundWork;
using static Herz.Resilience.Tests.BackgroundWork.WorkHost;

namespace Herz.Resilience.Tests.BackgroundWork;

/// <summary>Invalid arguments and calls at any time of the host's life, at every method of <see cref="IBackgroundWork"/>.</summary>
public sealed class WorkArgumentTests : IAsyncDisposable
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private static readonly Dictionary<string, Action<IBackgroundWork, string, Func<CancellationToken, Task>, WorkItemOptions?>> s_methods = new()
    {
        ["Run"] = static (background, name, work, options) => background.Run(name, work, options),
        ["TryRun"] = static (background, name, work, options) => background.TryRun(name, work, options, out _),
        ["RunOnce"] = static (background, name, work, options) => background.RunOnce(name, "a", work, options),
        ["RunPeriodic"] = static (background, name, work, options) => background.RunPeriodic(name, s_second, work, options).Dispose(),
        ["Run in a scope"] = static (background, name, work, options) => background.Run(name, Scoped(work), options),
        ["TryRun in a scope"] = static (background, name, work, options) => background.TryRun(name, Scoped(work), options, out _),
        ["RunOnce in a scope"] = static (background, name, work, options) => background.RunOnce(name, "a", Scoped(work), options),
        ["RunPeriodic in a scope"] = static (background, name, work, options) => background.RunPeriodic(name, s_second, Scoped(work), options).Dispose(),
    };

    private readonly WorkHost _host = new();

    public static TheoryData<string> Methods => [.. s_methods.Keys];

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(Methods))]
    public void Method_WithInvalidArguments_NamesTheArgument(string method)
    {
        var call = s_methods[method];

        Assert.Equal("name", Assert.Throws<ArgumentNullException>(() => call(_host.Work, null!, Done, null)).ParamName);
        Assert.Equal("name", Assert.Throws<ArgumentException>(() => call(_host.Work, "", Done, null)).ParamName);
        Assert.Equal("name", Assert.Throws<ArgumentException>(() => call(_host.Work, " \t", Done, null)).ParamName);
        Assert.Equal("work", Assert.Throws<ArgumentNullException>(() => call(_host.Work, "x", null!, null)).ParamName);
        foreach (var deadline in new[] { TimeSpan.Zero, TimeSpan.FromTicks(-1), TimeSpan.MinValue })
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => call(_host.Work, "x", Done, new WorkItemOptions { Deadline = deadline }));
            Assert.Equal(deadline, error.ActualValue);
            Assert.Contains("above zero", error.Message);
        }

        Assert.Contains("Low, Normal or High", Assert.Throws<ArgumentOutOfRangeException>(() => call(_host.Work, "x", Done, new WorkItemOptions { Priority = (WorkPriority)(-1) })).Message);
        Assert.Empty(_host.Runner.Snapshot());
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Method_WithTheLongestDeadline_IsAccepted(string method)
    {
        s_methods[method](_host.Work, "x", Done, new WorkItemOptions { Deadline = TimeSpan.MaxValue });
        s_methods[method](_host.Work, new string('x', 10_000), Done, null);

        await EventuallyAsync(() => _host.Runner.Snapshot().Length == 0);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Method_AfterTheStop_IsRefused(string method)
    {
        await _host.Hosted.StopAsync(CancellationToken.None).WaitAsync(WaitLimit);

        AssertRefused(method);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Method_OfADisposedHost_IsRefused(string method)
    {
        await _host.DisposeAsync();

        AssertRefused(method);
    }

    [Fact]
    public async Task RunDedicated_WithInvalidArgumentsOrAfterTheStop_Throws()
    {
        Assert.Equal("name", Assert.Throws<ArgumentNullException>(() => _host.Work.RunDedicated(null!, static _ => { })).ParamName);
        Assert.Equal("name", Assert.Throws<ArgumentException>(() => _host.Work.RunDedicated(" ", static _ => { })).ParamName);
        Assert.Equal("body", Assert.Throws<ArgumentNullException>(() => _host.Work.RunDedicated("x", null!)).ParamName);
        await _host.Hosted.StopAsync(CancellationToken.None).WaitAsync(WaitLimit);

        Assert.Contains("shutting down", Assert.Throws<WorkRejectedException>(() => _host.Work.RunDedicated("x", static _ => { })).Message);
    }

    [Fact]
    public void RunOnce_WithoutAKey_Throws()
    {
        Assert.Equal("key", Assert.Throws<ArgumentNullException>(() => _host.Work.RunOnce("x", null!, Done)).ParamName);
        Assert.Equal("key", Assert.Throws<ArgumentException>(() => _host.Work.RunOnce("x", "", Done)).ParamName);
    }

    [Fact]
    public void RunPeriodic_WithAnInvalidPeriod_NamesThePeriodAndItsValue()
    {
        foreach (var period in new[] { TimeSpan.Zero, TimeSpan.FromTicks(-1), Timeout.InfiniteTimeSpan, TimeSpan.FromDays(49) + TimeSpan.FromTicks(1), TimeSpan.MaxValue, TimeSpan.MinValue })
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => { _host.Work.RunPeriodic("x", period, Done); });

            Assert.Equal(("period", (object?)period), (error.ParamName, error.ActualValue));
            Assert.Contains("above zero and at most 49 days", error.Message);
        }
    }

    // The periods at the limits must be accepted by the real timer, too.
    [Fact]
    public void RunPeriodic_WithTheShortestAndTheLongestPeriod_IsAcceptedByTheSystemClock()
    {
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddLogging().AddHerzBackgroundWork().BuildServiceProvider();
        var background = services.GetRequiredService<IBackgroundWork>();

        background.RunPeriodic("x", TimeSpan.FromDays(49), Done).Dispose();
        background.RunPeriodic("x", TimeSpan.FromTicks(1), Done).Dispose();
    }

    [Fact]
    public async Task Run_BeforeTheStart_RunsAtOnce()
    {
        Assert.Equal(WorkOutcome.Succeeded, await OutcomeAsync(_host.Work.Run("early", Done)));

        await _host.Hosted.StartAsync(CancellationToken.None);
        Assert.Equal(WorkOutcome.Succeeded, await OutcomeAsync(_host.Work.Run("started", Done)));
    }

    private void AssertRefused(string method)
    {
        if (method.StartsWith("TryRun", StringComparison.Ordinal))
        {
            Assert.False(_host.Work.TryRun("late", Done, out _));
            return;
        }

        var error = Assert.Throws<WorkRejectedException>(() => s_methods[method](_host.Work, "late", Done, null));
        Assert.Contains("\"late\" was not accepted: the app is shutting down", error.Message);
    }

    private static Task Done(CancellationToken token) => Task.CompletedTask;

    private static Func<TimeProvider, CancellationToken, Task> Scoped(Func<CancellationToken, Task>? work) => work is null ? null! : (_, token) => work(token);
}

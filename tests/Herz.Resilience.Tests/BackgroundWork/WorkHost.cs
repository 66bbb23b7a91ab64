using Herz.Resilience.BackgroundWork;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.BackgroundWork;

/// <summary>Background work without a web app: at most 2 pieces run and 3 wait, on a clock that the test advances.</summary>
internal sealed class WorkHost : IAsyncDisposable
{
    public static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(30);

    private readonly ServiceProvider _services;

    public WorkHost(int maxConcurrency = 2, int queueLimit = 3, FakeTimeProvider? time = null, Action<IServiceCollection>? configure = null)
    {
        Time = time ?? new FakeTimeProvider();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Herz:BackgroundWork:MaxConcurrency"] = $"{maxConcurrency}",
            ["Herz:BackgroundWork:QueueLimit"] = $"{queueLimit}",
        }).Build());
        services.AddSingleton<TimeProvider>(Time);
        services.AddLogging(logging => logging.AddProvider(Logs));
        services.AddHerzBackgroundWork();
        configure?.Invoke(services);
        _services = services.BuildServiceProvider();
        Work = _services.GetRequiredService<IBackgroundWork>();
    }

    public FakeTimeProvider Time { get; }

    public LogSink Logs { get; } = new();

    public IBackgroundWork Work { get; }

    public IServiceProvider Services => _services;

    public WorkRunner Runner => _services.GetRequiredService<WorkRunner>();

    public BackgroundWorkService Hosted => _services.GetRequiredService<BackgroundWorkService>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    public static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static Task<WorkOutcome> OutcomeAsync(IWorkItem item) => item.Completion.WaitAsync(WaitLimit);

    /// <summary>Work that ends when its token is cancelled.</summary>
    public static Func<CancellationToken, Task> WaitFor(TaskCompletionSource started) => async token =>
    {
        started.SetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, token);
    };

    /// <summary>Work that ends with a task, whatever its token says.</summary>
    public static Func<CancellationToken, Task> Until(TaskCompletionSource started, Task end) => _ =>
    {
        started.TrySetResult();
        return end;
    };

    /// <summary>Takes both places.</summary>
    /// <returns>Frees them.</returns>
    public async Task<TaskCompletionSource> FillAsync()
    {
        var end = Signal();
        for (var index = 0; index < 2; index++)
        {
            var started = Signal();
            Work.Run("fills", Until(started, end.Task));
            await started.Task.WaitAsync(WaitLimit);
        }

        return end;
    }

    public static async Task EventuallyAsync(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(WaitLimit);
        while (!condition())
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}

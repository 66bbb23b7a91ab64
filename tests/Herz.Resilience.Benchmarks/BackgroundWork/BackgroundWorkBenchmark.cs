using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Herz.Resilience.BackgroundWork;

namespace Herz.Resilience.Benchmarks.BackgroundWork;

/// <summary>
/// Short background work: one operation at a time, and 1,000 operations that run concurrently. Results are per operation.
/// </summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public class BackgroundWorkBenchmark
{
    private const int Pieces = 1_000;

    private readonly Func<Task> _plain = static async () => await Task.Yield();
    private readonly Func<CancellationToken, Task> _work = static async _ => await Task.Yield();
    private readonly Task[] _tasks = new Task[Pieces];
    private WebApplication _app = null!;
    private IBackgroundWork _background = null!;

    [GlobalSetup]
    public void Setup()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.UseHerzResilience(static herz => (herz.BackgroundWork.MaxConcurrency, herz.BackgroundWork.QueueLimit) = (Pieces, Pieces));
        _app = builder.Build();
        _background = _app.Services.GetRequiredService<IBackgroundWork>();
    }

    [Benchmark(Baseline = true), BenchmarkCategory("one at a time")]
    public Task TaskRunAlone() => Task.Run(_plain);

    [Benchmark, BenchmarkCategory("one at a time")]
    public Task RunAlone() => _background.Run("piece", _work).Completion;

    [Benchmark(Baseline = true, OperationsPerInvoke = Pieces), BenchmarkCategory("many")]
    public Task TaskRun()
    {
        for (var piece = 0; piece < Pieces; piece++)
        {
            _tasks[piece] = Task.Run(_plain);
        }

        return Task.WhenAll(_tasks);
    }

    [Benchmark(OperationsPerInvoke = Pieces), BenchmarkCategory("many")]
    public Task Run()
    {
        for (var piece = 0; piece < Pieces; piece++)
        {
            _tasks[piece] = _background.Run("piece", _work).Completion;
        }

        return Task.WhenAll(_tasks);
    }

    [GlobalCleanup]
    public ValueTask CleanupAsync() => _app.DisposeAsync();
}

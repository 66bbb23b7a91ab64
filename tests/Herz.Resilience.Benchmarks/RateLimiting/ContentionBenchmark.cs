using BenchmarkDotNet.Attributes;
using Herz.Resilience.RateLimiting;

namespace Herz.Resilience.Benchmarks.RateLimiting;

/// <summary>One bucket and two threads that only acquire permits: total time divided by the number of acquires.</summary>
public class ContentionBenchmark : IDisposable
{
    private const int Threads = 2;
    private const int Acquires = 2_000_000;

    private readonly TokenBucketLimiter _limiter = new(100_000_000, 1_000_000_000);
    private readonly System.Threading.RateLimiting.TokenBucketRateLimiter _framework = FrameworkLimits.Bucket();

    [Benchmark(Baseline = true, OperationsPerInvoke = Threads * Acquires)]
    public void Framework() => OnEveryThread(() => _framework.AttemptAcquire());

    [Benchmark(OperationsPerInvoke = Threads * Acquires)]
    public void Limiter() => OnEveryThread(() => _limiter.AttemptAcquire());

    [GlobalCleanup]
    public void Dispose()
    {
        _limiter.Dispose();
        _framework.Dispose();
        GC.SuppressFinalize(this);
    }

    private static void OnEveryThread(Func<IDisposable> acquire)
    {
        using var start = new Barrier(Threads);
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            start.SignalAndWait();
            for (var index = 0; index < Acquires; index++)
            {
                acquire();
            }
        })).ToArray();
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
    }
}

using System.Threading.RateLimiting;
using BenchmarkDotNet.Attributes;
using Herz.Resilience.RateLimiting;
using Herz.Resilience.RateLimiting.Buckets;

namespace Herz.Resilience.Benchmarks.RateLimiting;

/// <summary>One bucket and one thread: our limiter compared with the framework's.</summary>
[MemoryDiagnoser]
public class TokenBucketBenchmark : IDisposable
{
    private readonly BucketClock _clock = new(TimeProvider.System);
    private readonly TokenBucketLimiter _limiter = new(100_000_000, 1_000_000_000);
    private readonly TokenBucketRateLimiter _framework = FrameworkLimits.Bucket();
    private BucketRate _rate;
    private readonly PartitionTable _table = new(1);
    private long _timestamp;

    [GlobalSetup]
    public void SetUp()
    {
        _rate = BucketRate.Of(100_000_000, 1_000_000_000, _clock.UnitsPerSecond);
        _timestamp = TimeProvider.System.GetTimestamp();
    }

    [Benchmark]
    public long Timestamp() => TimeProvider.System.GetTimestamp();

    [Benchmark(Baseline = true)]
    public bool Framework()
    {
        using var lease = _framework.AttemptAcquire();
        return lease.IsAcquired;
    }

    [Benchmark]
    public bool Limiter()
    {
        using var lease = _limiter.AttemptAcquire();
        return lease.IsAcquired;
    }

    // Requests 10 µs apart, so each one is granted.
    [Benchmark]
    public bool TableAtTheRequestsTimestamp() =>
        _table.TryTake(5, _clock.At(_timestamp += 10_000), 1, _rate, 0, out _, out _);

    [GlobalCleanup]
    public void Dispose()
    {
        _limiter.Dispose();
        _framework.Dispose();
        GC.SuppressFinalize(this);
    }
}

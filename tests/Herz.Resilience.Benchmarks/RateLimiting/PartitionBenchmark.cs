using System.Net;
using System.Threading.RateLimiting;
using BenchmarkDotNet.Attributes;
using Herz.Resilience.RateLimiting.Buckets;
using Herz.Resilience.RateLimiting.Keys;

namespace Herz.Resilience.Benchmarks.RateLimiting;

/// <summary>100,000 clients in random order: finds the bucket and takes a permit. The setup prints the memory of both tables.</summary>
[MemoryDiagnoser]
public class PartitionBenchmark : IDisposable
{
    private const int Clients = 100_000;

    private readonly BucketClock _clock = new(TimeProvider.System);
    private readonly PartitionKeys _keys = new(new KeyHash());
    private readonly IPAddress[] _addresses = new IPAddress[1 << 17];
    private readonly ulong[] _hashes = new ulong[1 << 17];
    private PartitionTable _table = null!;
    private PartitionedRateLimiter<ulong> _framework = null!;
    private BucketRate _rate;
    private long _timestamp;
    private int _next;

    [GlobalSetup]
    public void SetUp()
    {
        var random = new Random(1);
        for (var index = 0; index < _addresses.Length; index++)
        {
            _addresses[index] = new IPAddress(random.Next(Clients));
            _hashes[index] = _keys.OfClient(_addresses[index]);
        }

        _rate = BucketRate.Of(100_000_000, 1_000_000_000, _clock.UnitsPerSecond);
        _timestamp = TimeProvider.System.GetTimestamp();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        _table = new PartitionTable(Clients);
        for (var client = 0; client < Clients; client++)
        {
            _table.TryTake(_keys.OfClient(new IPAddress(client)), 0, 1, new BucketRate(1, 1), 0, out _, out _);
        }

        var between = GC.GetTotalMemory(forceFullCollection: true);
        _framework = FrameworkLimits.Partitions();
        for (var client = 0; client < Clients; client++)
        {
            _framework.AttemptAcquire(_keys.OfClient(new IPAddress(client)));
        }

        var after = GC.GetTotalMemory(forceFullCollection: true);
        Console.WriteLine($"// {Clients} partitions use: ours {(between - before) / 1e6:F1} MB, the framework's {(after - between) / 1e6:F1} MB");
    }

    [Benchmark(Baseline = true)]
    public bool Framework()
    {
        using var lease = _framework.AttemptAcquire(Next());
        return lease.IsAcquired;
    }

    [Benchmark]
    public bool Table() =>
        _table.TryTake(Next(), _clock.At(_timestamp += 10_000), 1, _rate, 0, out _, out _);

    // Includes the hash of the client address, as in a request.
    [Benchmark]
    public bool TableFromTheAddress() =>
        _table.TryTake(_keys.OfClient(_addresses[_next++ & (_addresses.Length - 1)]), _clock.At(_timestamp += 10_000), 1, _rate, 0, out _, out _);

    [GlobalCleanup]
    public void Dispose()
    {
        _framework?.Dispose();
        GC.SuppressFinalize(this);
    }

    private ulong Next() => _hashes[_next++ & (_hashes.Length - 1)];
}

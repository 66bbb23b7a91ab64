using System.Diagnostics;

namespace Herz.Resilience.Benchmarks.Captures;

/// <summary>A heap as in a real app: small objects that stay, a cache whose entries are replaced, and garbage at a steady rate.</summary>
internal sealed class CapturedHeap
{
    private const int EntrySize = 10_000;
    private const double Megabyte = 1 << 20;

    private readonly List<object?[]> _kept = [];
    private byte[][] _cache = [];

    /// <summary>Adds small objects that stay.</summary>
    public void Fill(int megabytes)
    {
        var random = new Random(1);
        for (double bytes = 0; bytes < megabytes * Megabyte;)
        {
            var block = new object?[1000];
            for (var i = 0; i < block.Length; i++)
            {
                var payload = new byte[random.Next(100, 300)];
                block[i] = Tuple.Create(payload, i.ToString(System.Globalization.CultureInfo.InvariantCulture), i > 0 ? block[i - 1] : null);
                bytes += payload.Length + 110;
            }

            _kept.Add(block);
        }
    }

    /// <summary>Keeps a cache of this size, and replaces this much of it each second.</summary>
    public void Cache(int megabytes, int megabytesPerSecond)
    {
        _cache = new byte[(int)(megabytes * Megabyte / EntrySize)][];
        for (var i = 0; i < _cache.Length; i++)
        {
            _cache[i] = new byte[EntrySize];
        }

        var random = new Random(2);
        Run("cache", megabytesPerSecond, () =>
        {
            var entry = new byte[EntrySize];
            Array.Fill(entry, (byte)1);
            _cache[random.Next(_cache.Length)] = entry;
            return EntrySize;
        });
    }

    /// <summary>Allocates garbage at this rate.</summary>
    public static void Allocate(int megabytesPerSecond)
    {
        var random = new Random(3);
        var ring = new object[5000];
        var next = 0;
        Run("allocate", megabytesPerSecond, () =>
        {
            var size = random.Next(50, 3000);
            ring[next++ % ring.Length] = new byte[size];
            return size;
        });
    }

    private static void Run(string name, int megabytesPerSecond, Func<int> step) => new Thread(() =>
    {
        var start = Stopwatch.GetTimestamp();
        for (double bytes = 0; ;)
        {
            bytes += step();
            if (bytes > Stopwatch.GetElapsedTime(start).TotalSeconds * megabytesPerSecond * Megabyte)
            {
                Thread.Sleep(1);
            }
        }
    }) { IsBackground = true, Name = name }.Start();
}

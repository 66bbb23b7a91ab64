using CsCheck;
using Herz.Resilience.RateLimiting.Buckets;
using Herz.Resilience.RateLimiting.Keys;

namespace Herz.Resilience.Tests.RateLimiting.Buckets;

public sealed class PartitionTableTests
{
    // One permit refills in 10 units; a bucket holds 100.
    private static readonly BucketRate s_rate = new(10, 1000);
    private static readonly KeyHash s_hash = new(new byte[16]);

    [Fact]
    public void TryTake_OfManyKeys_KeepsABucketForEach()
    {
        var table = new PartitionTable(1000);
        for (var key = 0; key < 500; key++)
        {
            Assert.True(Take(table, $"{key}", permits: 1 + (key % 100)));
        }

        Assert.All(Enumerable.Range(0, 500), key => Assert.Equal(99 - (key % 100), LevelOf(table, $"{key}")));
        Assert.Equal(500, table.Count);
        Assert.Equal(0, table.Evictions);
    }

    [Fact]
    public void Refund_GivesBackOnlyToItsPartition()
    {
        var table = new PartitionTable(10);
        Take(table, "a", 30);
        Take(table, "b", 30);

        table.Refund(s_hash.Of("a"), 0, 10, s_rate);
        table.Refund(s_hash.Of("never seen"), 0, 10, s_rate);

        Assert.Equal((80, 70, 2), (LevelOf(table, "a"), LevelOf(table, "b"), table.Count));
    }

    [Fact]
    public void TryTake_OfAMillionRandomKeys_AllocatesNoMore()
    {
        PartitionTable table = null!;
        var random = new Random(7);
        Assert.InRange(Allocation.Of(() => table = new PartitionTable(100_000)), 16 * 100_000, 64 * 100_000);
        long now = 0;
        var most = 0;

        // One warm-up round and five measured ones; each evicts many keys.
        var bytes = Allocation.Of(() =>
        {
            for (var index = 0; index < 200_000; index++)
            {
                table.TryTake((ulong)random.NextInt64(), now++, 1, s_rate);
                most = Math.Max(most, table.Count);
            }
        });

        Assert.Equal(0, bytes);
        Assert.InRange(most, 99_000, 100_000);
        Assert.InRange(table.Count, 99_000, 100_000);
        Assert.True(now > 1_000_000);
        Assert.Equal(now - table.Count, table.Evictions);
    }

    [Fact]
    public void TryTake_UnderAFloodOfInventedKeys_EvictsNoDebt()
    {
        var table = new PartitionTable(1000);
        for (var busy = 0; busy < 20; busy++)
        {
            Assert.True(Take(table, $"busy {busy}", 100));
        }

        var random = new Random(3);
        for (var index = 0; index < 1_000_000; index++)
        {
            table.TryTake((ulong)random.NextInt64(), now: index / 10_000, 1, s_rate);
        }

        // 99 units have passed, so 9 permits have refilled.
        Assert.All(Enumerable.Range(0, 20), busy => Assert.Equal(9, LevelOf(table, $"busy {busy}", now: 99)));
    }

    [Fact]
    public void TryTake_OfAddressesInARow_FillsTheTableEvenly()
    {
        var keys = new PartitionKeys(s_hash);
        var table = new PartitionTable(100_000);
        for (var address = 0; address < 100_000; address++)
        {
            table.TryTake(keys.OfClient(new System.Net.IPAddress(address)), 0, 1, s_rate);
        }

        Assert.InRange(table.Evictions, 0, 100);
    }

    [Fact]
    public void TryTake_OverAnyKeysAndTimes_NeverExceedsItsBoundAndKeepsTheLatest() =>
        Gen.Select(Gen.Int[1, 40], Gen.ULong[0, 60].Array[1, 300]).Sample((max, keys) =>
        {
            var table = new PartitionTable(max);
            var now = 0L;
            foreach (var key in keys.Select(static key => (key << 32) | key))
            {
                var before = TokenBucket.Level(table.Peek(key), now, s_rate);
                Assert.True(before == 0 || table.TryTake(key, now, 1, s_rate));
                Assert.Equal(Math.Max(0, before - 1), TokenBucket.Level(table.Peek(key), now, s_rate));
                Assert.InRange(table.Count, 1, max);
                now += 3;
            }
        });

    [Fact]
    public void TryTake_FromManyThreads_GrantsEachBucketExactly()
    {
        var table = new PartitionTable(1000);
        var granted = new int[100];
        Parallel.For(0, 4, _ =>
        {
            for (var round = 0; round < 100; round++)
            {
                for (var key = 0; key < granted.Length; key++)
                {
                    Interlocked.Add(ref granted[key], Take(table, $"{key}", 1) ? 1 : 0);
                }
            }
        });

        Assert.All(granted, static count => Assert.Equal(100, count));
    }

    [Fact]
    public void TryTake_WhileOthersFloodTheTable_GrantsTheBusyBucketExactly()
    {
        var table = new PartitionTable(64);
        Take(table, "busy", 1);
        var granted = 1;
        Parallel.For(0, 4, thread =>
        {
            var random = new Random(thread);
            for (var round = 0; round < 50_000; round++)
            {
                table.TryTake((ulong)random.NextInt64(), 0, 1, s_rate);

                // A bucket with more debt than any of the flood is never evicted.
                if (round % 500 == 0 && Take(table, "busy", 1))
                {
                    Interlocked.Increment(ref granted);
                }
            }
        });

        Assert.InRange(granted, 100, 101);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(400)]
    [InlineData(5000)]
    public void Resize_KeepsTheLevelsWithinTheNewBound(int max)
    {
        var table = new PartitionTable(400);
        for (var key = 0; key < 200; key++)
        {
            Take(table, $"{key}", 1 + (key % 100));
        }

        var resized = table.Resize(max);

        Assert.Equal(Math.Min(max, 200), resized.Count);
        var kept = Enumerable.Range(0, 200).Where(key => LevelOf(resized, $"{key}") < 100).ToArray();
        Assert.Equal(resized.Count, kept.Length);
        Assert.All(kept, key => Assert.Equal(99 - (key % 100), LevelOf(resized, $"{key}")));
    }

    [Fact]
    public void Convert_ChangesEveryBucketOnce()
    {
        var table = new PartitionTable(100);
        Take(table, "a", 10);
        Take(table, "b", 20);

        table.Convert(static (_, full) => full + 50);

        Assert.Equal((85, 75), (LevelOf(table, "a"), LevelOf(table, "b")));
    }

    private static bool Take(PartitionTable table, string key, int permits) => table.TryTake(s_hash.Of(key), 0, permits, s_rate);

    private static int LevelOf(PartitionTable table, string key, long now = 0) => (int)TokenBucket.Level(table.Peek(s_hash.Of(key)), now, s_rate);
}

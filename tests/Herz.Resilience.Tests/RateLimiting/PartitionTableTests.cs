using CsCheck;
using Herz.Resilience.RateLimiting;

namespace Herz.Resilience.Tests.RateLimiting;

public sealed class PartitionTableTests
{
    private static readonly KeyHash s_hash = new(new byte[16]);

    [Fact]
    public void Get_OfAKnownKey_IsTheSameBucket()
    {
        var table = new PartitionTable(1000);
        for (var key = 0; key < 500; key++)
        {
            table.Get(s_hash.Of($"{key}")) = key + 1;
        }

        Assert.Equal(Enumerable.Range(1, 500), Enumerable.Range(0, 500).Select(key => (int)table.Get(s_hash.Of($"{key}"))));
        Assert.Equal(500, table.Count);
        Assert.Equal(0, table.Evictions);
    }

    [Fact]
    public void Get_OfAMillionRandomKeys_StaysWithinItsBounds()
    {
        var table = new PartitionTable(100_000);
        var random = new Random(7);
        for (var index = 0; index < 1_000_000; index++)
        {
            table.Get((ulong)random.NextInt64()) = index;
            Assert.True(table.Count <= 100_000);
        }

        Assert.InRange(table.Count, 99_000, 100_000);
        Assert.True(table.SizeInBytes <= 64 * 100_000);
    }

    [Fact]
    public void Get_UnderAFloodOfInventedKeys_KeepsTheBusyPartition()
    {
        var table = new PartitionTable(1000);
        var busy = s_hash.Of("busy");
        var random = new Random(3);
        for (var index = 1; index < 100_000; index++)
        {
            table.Get((ulong)random.NextInt64()) = index;
            table.Get(busy) = index + 1;
        }

        Assert.Equal(100_000, table.Get(busy));
    }

    [Fact]
    public void Get_OverAnyKeys_NeverExceedsItsBound() =>
        Gen.Select(Gen.Int[1, 40], Gen.ULong[0, 60].Array[1, 300]).Sample((max, keys) =>
        {
            var table = new PartitionTable(max);
            foreach (var key in keys)
            {
                table.Get(key << 32 | key)++;
                Assert.InRange(table.Count, 1, max);
            }
        });

    [Fact]
    public void Get_FromManyThreads_CountsEveryTake()
    {
        var table = new PartitionTable(1000);
        Parallel.For(0, 4, _ =>
        {
            for (var round = 0; round < 200; round++)
            {
                for (var key = 0; key < 100; key++)
                {
                    Interlocked.Increment(ref table.Get(s_hash.Of($"{key}")));
                }
            }
        });

        Assert.All(Enumerable.Range(0, 100), key => Assert.Equal(800, table.Get(s_hash.Of($"{key}"))));
    }

    // The test vectors of the SipHash paper, appendix A: bytes 0…14 under the key 0…15.
    [Fact]
    public void KeyHash_OfThePapersVector_IsThePapersResult() =>
        Assert.Equal(0xa129ca6149be45e5, new KeyHash([.. Enumerable.Range(0, 16).Select(value => (byte)value)]).Of([.. Enumerable.Range(0, 15).Select(value => (byte)value)]));
}

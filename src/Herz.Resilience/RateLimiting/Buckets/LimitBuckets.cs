using System.Globalization;

namespace Herz.Resilience.RateLimiting.Buckets;

/// <summary>The buckets of a policy or of one of its overrides, and the header fields that report their rate to clients.</summary>
internal sealed class LimitBuckets
{
    private readonly string _name;
    private readonly BucketClock _clock;
    private readonly int _maxPartitions;

    /// <param name="name">The name of the policy.</param>
    /// <param name="permitsPerSecond">The validated rate.</param>
    /// <param name="burst">The validated burst.</param>
    /// <param name="maxPartitions">The most partitions that the table keeps.</param>
    /// <param name="clock">The clock of the feature.</param>
    /// <param name="former">The buckets for the same keys before a reload; their levels are kept.</param>
    public LimitBuckets(string name, double permitsPerSecond, int burst, int maxPartitions, BucketClock clock, LimitBuckets? former)
    {
        _name = name;
        _clock = clock;
        _maxPartitions = maxPartitions;
        Burst = burst;
        Rate = BucketRate.Of(permitsPerSecond, burst, clock.UnitsPerSecond);
        Table = Adopt(former) ?? new PartitionTable(maxPartitions);
        var refillSeconds = Math.Max(1, (long)Math.Ceiling(burst / permitsPerSecond));
        PolicyField = string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={burst};w={refillSeconds}");
    }

    public int Burst { get; }

    public BucketRate Rate { get; }

    public PartitionTable Table { get; }

    /// <summary>The member of the <c>RateLimit-Policy</c> field: the quota <c>q</c> is the burst, <c>w</c> the seconds in which it refills.</summary>
    public string PolicyField { get; }

    /// <summary>Gives permits back to the bucket of a partition, if the table still has it.</summary>
    /// <param name="key">The partition.</param>
    /// <param name="cost">The number of permits.</param>
    /// <param name="state">The state of the bucket after the take, if it is known.</param>
    public void Refund(ulong key, int cost, long state = 0) => Table.Refund(key, _clock.Now(), cost, Rate, state);

    /// <summary>
    /// The member of the <c>RateLimit</c> field. <c>r</c> is the number of permits that remain. <c>t</c> is the time over which a client
    /// that paces itself can spend them (draft-ietf-httpapi-ratelimit-headers), or, if none remain, the time until the next one.
    /// </summary>
    public string LimitField(ulong key, long timestamp)
    {
        var now = _clock.At(timestamp);
        var full = Table.Peek(key);
        var level = TokenBucket.Level(full, now, Rate);
        var units = level > 0 ? (double)level * Rate.Interval : Math.Max(0, full - now - Rate.Tolerance + Rate.Interval);
        var seconds = Math.Max(1, (long)Math.Ceiling(units / _clock.UnitsPerSecond));
        return string.Create(CultureInfo.InvariantCulture, $"\"{_name}\";r={level};t={seconds}");
    }

    private PartitionTable? Adopt(LimitBuckets? former)
    {
        if (former is null)
        {
            return null;
        }

        var table = former._maxPartitions == _maxPartitions ? former.Table : former.Table.Resize(_maxPartitions);
        if (former.Rate != Rate)
        {
            var now = _clock.Now();
            table.Convert((_, full) => TokenBucket.Convert(full, now, former.Rate, Rate));
        }

        return table;
    }
}

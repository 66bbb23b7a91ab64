using System.Globalization;

namespace Herz.Resilience.RateLimiting.Buckets;

/// <summary>The buckets of one rate, and how it is told to clients: those of a policy, or of one of its overrides.</summary>
internal sealed class LimitBuckets
{
    private readonly string _name;
    private readonly BucketClock _clock;
    private readonly BucketRate _rate;
    private readonly int _maxPartitions;

    /// <param name="name">The name of the policy.</param>
    /// <param name="permitsPerSecond">The validated rate.</param>
    /// <param name="burst">The validated burst.</param>
    /// <param name="maxPartitions">The bound of the table.</param>
    /// <param name="clock">The clock of the feature.</param>
    /// <param name="former">The buckets for the same keys before a reload, whose levels are kept.</param>
    public LimitBuckets(string name, double permitsPerSecond, int burst, int maxPartitions, BucketClock clock, LimitBuckets? former)
    {
        _name = name;
        _clock = clock;
        _maxPartitions = maxPartitions;
        Burst = burst;
        _rate = BucketRate.Of(permitsPerSecond, burst, clock.UnitsPerSecond);
        Table = Adopt(former) ?? new PartitionTable(maxPartitions);
        var window = Math.Max(1, (long)Math.Ceiling(burst / permitsPerSecond));
        PolicyField = string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={burst};w={window}");
    }

    public int Burst { get; }

    public PartitionTable Table { get; }

    /// <summary>The member of the <c>RateLimit-Policy</c> field: quota and window, as the burst and the time it takes to grow back.</summary>
    public string PolicyField { get; }

    /// <summary>Takes permits, or reserves them where they grow back soon enough.</summary>
    /// <param name="key">The partition.</param>
    /// <param name="timestamp">The time.</param>
    /// <param name="cost">How many permits.</param>
    /// <param name="patience">How long the request would wait.</param>
    /// <param name="wait">What must be waited before they are there; where they are refused, when to retry.</param>
    /// <param name="state">The state of the bucket after it, by which a turn that is given up is known.</param>
    public bool TryTake(ulong key, long timestamp, int cost, in LimitPatience patience, out TimeSpan wait, out long state)
    {
        // As doubles: at the lowest rates a queue may be longer than the longest time.
        var longest = patience.Requests == 0 ? 0 : (long)Math.Min((double)patience.Requests * cost * _rate.Interval, _clock.ToUnits(patience.Time));
        var taken = Table.TryTake(key, _clock.At(timestamp), cost, _rate, longest, out var units, out state);
        wait = units == 0 ? default : _clock.ToTime(units);
        return taken;
    }

    /// <param name="key">The partition.</param>
    /// <param name="cost">How many permits.</param>
    /// <param name="state">What <see cref="TryTake"/> told, where it is known.</param>
    public void Refund(ulong key, int cost, long state = 0) => Table.Refund(key, _clock.Now(), cost, _rate, state);

    /// <summary>
    /// The member of the <c>RateLimit</c> field: what remains, and the time over which it can be spent so that the rate is kept, which is
    /// how clients that pace themselves read the pair (draft-ietf-httpapi-ratelimit-headers). Where nothing remains, when the next
    /// permit grows back.
    /// </summary>
    public string LimitField(ulong key, long timestamp)
    {
        var now = _clock.At(timestamp);
        var full = Table.Peek(key);
        var level = TokenBucket.Level(full, now, _rate);
        var units = level > 0 ? (double)level * _rate.Interval : Math.Max(0, full - now - _rate.Tolerance + _rate.Interval);
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
        if (former._rate != _rate)
        {
            var now = _clock.Now();
            table.Convert((_, full) => TokenBucket.Convert(full, now, former._rate, _rate));
        }

        return table;
    }
}

/// <summary>How long a request would wait for its permits.</summary>
/// <param name="Requests">How many of its kind may be served before it, itself among them; 0 for no wait.</param>
/// <param name="Time">In how much time at most.</param>
internal readonly record struct LimitPatience(int Requests, TimeSpan Time);

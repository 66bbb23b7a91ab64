using System.Globalization;
using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.RateLimiting;

/// <summary>One policy in force: its numbers, its buckets, and how it is told to clients. Immutable but for the buckets.</summary>
internal sealed class LimitPolicy
{
    private readonly BucketClock _clock;
    private readonly PartitionTable _table;
    private readonly BucketRate _rate;

    /// <param name="name">The name of the policy.</param>
    /// <param name="options">Its validated options.</param>
    /// <param name="mode">The mode of the feature, where the policy has none of its own.</param>
    /// <param name="maxPartitions">The bound of the table.</param>
    /// <param name="clock">The clock of the feature.</param>
    /// <param name="former">The policy of this name before a reload, whose levels are kept.</param>
    public LimitPolicy(string name, RateLimitPolicyOptions options, GuardMode mode, int maxPartitions, BucketClock clock, LimitPolicy? former)
    {
        Name = name;
        Options = options;
        Mode = options.Mode ?? mode;
        MaxPartitions = options.PartitionBy == PartitionBy.Global && options.PartitionKey is null ? 1 : maxPartitions;
        Routes = [.. options.Routes.Select(RoutePatterns.Normalize)];
        _clock = clock;
        _rate = BucketRate.Of(options.PermitsPerSecond, options.Burst, clock.UnitsPerSecond);
        _table = Adopt(former) ?? new PartitionTable(MaxPartitions);
        var window = Math.Max(1, (long)Math.Ceiling(options.Burst / options.PermitsPerSecond));
        PolicyField = string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={options.Burst};w={window}");
    }

    public string Name { get; }

    public RateLimitPolicyOptions Options { get; }

    public GuardMode Mode { get; }

    public int MaxPartitions { get; }

    public IReadOnlyList<string> Routes { get; }

    /// <summary>The member of the <c>RateLimit-Policy</c> field: quota and window, as the burst and the time it takes to grow back.</summary>
    public string PolicyField { get; }

    public PartitionTable Table => _table;

    /// <summary>Whether the key is known before routing and authentication.</summary>
    public bool IsKnownOnArrival => Routes.Count == 0 && Options.PartitionKey is null && Options.Cost is null
        && Options.PartitionBy is PartitionBy.Client or PartitionBy.Global or PartitionBy.ApiKey;

    public bool TryTake(ulong key, long timestamp, int cost, out TimeSpan retryAfter)
    {
        var taken = _table.TryTake(key, _clock.At(timestamp), cost, _rate, out var wait);
        retryAfter = taken ? default : _clock.ToTime(wait);
        return taken;
    }

    public void Refund(ulong key, int cost) => _table.Refund(key, cost, _rate);

    /// <summary>The member of the <c>RateLimit</c> field: what remains, and when the next permit grows back.</summary>
    public string LimitField(ulong key, long timestamp)
    {
        var now = _clock.At(timestamp);
        var full = _table.Peek(key);
        var level = TokenBucket.Level(full, now, _rate);
        var missing = Math.Max(0, full - now - _rate.Tolerance + ((level + 1) * _rate.Interval));
        var next = (long)Math.Ceiling(_clock.ToTime(missing).TotalSeconds);
        return level == Options.Burst
            ? string.Create(CultureInfo.InvariantCulture, $"\"{Name}\";r={level}")
            : string.Create(CultureInfo.InvariantCulture, $"\"{Name}\";r={level};t={next}");
    }

    private PartitionTable? Adopt(LimitPolicy? former)
    {
        if (former is null || !SameKeys(former.Options))
        {
            return null;
        }

        var table = former.MaxPartitions == MaxPartitions ? former._table : former._table.Resize(MaxPartitions);

        if (former._rate != _rate)
        {
            var now = _clock.Now();
            table.Convert((_, full) => TokenBucket.Convert(full, now, former._rate, _rate));
        }

        return table;
    }

    private bool SameKeys(RateLimitPolicyOptions former) =>
        former.PartitionBy == Options.PartitionBy && former.Header == Options.Header && (former.PartitionKey is null) == (Options.PartitionKey is null);
}

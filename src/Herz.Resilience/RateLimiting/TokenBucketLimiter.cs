using System.Threading.RateLimiting;

namespace Herz.Resilience.RateLimiting;

/// <summary>
/// A token bucket that plugs in wherever <see cref="RateLimiter"/> is taken. Unlike
/// <see cref="TokenBucketRateLimiter"/> it needs no timer and no lock, grows continuously on a
/// <see cref="TimeProvider"/>, and tells the exact time to retry after. It does not queue: an asynchronous acquire
/// answers at once.
/// </summary>
public sealed class TokenBucketLimiter : RateLimiter
{
    private static readonly RateLimitLease s_acquired = new BucketLease(null);

    private readonly BucketClock _clock;
    private readonly BucketRate _rate;
    private readonly int _burst;
    private long _full;
    private long _acquired;
    private long _failed;

    /// <summary>Makes a full bucket.</summary>
    /// <param name="permitsPerSecond">How many permits grow back in a second; above 0 and at most 1,000,000.</param>
    /// <param name="burst">How many permits the bucket holds; 1 to 1,000,000.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate or the burst is out of its range, or not a number.</exception>
    public TokenBucketLimiter(double permitsPerSecond, int burst, TimeProvider? timeProvider = null)
    {
        if (!(permitsPerSecond > 0 && permitsPerSecond <= RateLimitPolicyOptions.MaxRate))
        {
            throw new ArgumentOutOfRangeException(nameof(permitsPerSecond), permitsPerSecond, "The rate of a token bucket is above 0 and at most 1,000,000 permits a second.");
        }

        if (burst is < 1 or > RateLimitPolicyOptions.MaxBurst)
        {
            throw new ArgumentOutOfRangeException(nameof(burst), burst, "The burst of a token bucket is 1 to 1,000,000 permits.");
        }

        _clock = new BucketClock(timeProvider ?? TimeProvider.System);
        _rate = BucketRate.Of(permitsPerSecond, burst, _clock.UnitsPerSecond);
        _burst = burst;
    }

    /// <inheritdoc/>
    public override TimeSpan? IdleDuration => _clock.Now() - Volatile.Read(ref _full) is > 0 and var idle ? _clock.ToTime(idle) : null;

    /// <inheritdoc/>
    public override RateLimiterStatistics? GetStatistics() => new()
    {
        CurrentAvailablePermits = TokenBucket.Level(Volatile.Read(ref _full), _clock.Now(), _rate),
        TotalSuccessfulLeases = Volatile.Read(ref _acquired),
        TotalFailedLeases = Volatile.Read(ref _failed),
    };

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">More permits than the burst, which the bucket can never hold.</exception>
    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        if (permitCount > _burst)
        {
            throw new ArgumentOutOfRangeException(nameof(permitCount), permitCount, $"The bucket never holds more than its burst of {_burst} permits.");
        }

        // No permits asks whether one could be had, as the framework's limiters do.
        var now = _clock.Now();
        var granted = permitCount > 0
            ? TokenBucket.TryTake(ref _full, now, permitCount, _rate, out var wait)
            : (wait = Math.Max(0, Volatile.Read(ref _full) + _rate.Interval - now - _rate.Tolerance)) == 0;
        Interlocked.Increment(ref granted ? ref _acquired : ref _failed);
        return granted ? s_acquired : new BucketLease(_clock.ToTime(wait));
    }

    /// <inheritdoc/>
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) =>
        new(AttemptAcquireCore(permitCount));

    private sealed class BucketLease(TimeSpan? retryAfter) : RateLimitLease
    {
        public override bool IsAcquired => retryAfter is null;

        public override IEnumerable<string> MetadataNames => retryAfter is null ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = retryAfter is not null && metadataName == MetadataName.RetryAfter.Name ? retryAfter : null;
            return metadata is not null;
        }
    }
}

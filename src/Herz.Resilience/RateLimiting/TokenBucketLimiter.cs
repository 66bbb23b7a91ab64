using System.Threading.RateLimiting;
using Herz.Resilience.RateLimiting.Buckets;

namespace Herz.Resilience.RateLimiting;

/// <summary>
/// A token bucket for any API that takes a <see cref="RateLimiter"/>. Unlike
/// <see cref="TokenBucketRateLimiter"/> it needs no timer and no lock, refills continuously on a
/// <see cref="TimeProvider"/>, and returns the exact time to retry after. It does not queue: an asynchronous acquire
/// completes at once.
/// </summary>
public sealed class TokenBucketLimiter : RateLimiter
{
    private static readonly RateLimitLease s_acquired = new BucketLease(null);

    private readonly BucketClock _clock;
    private readonly BucketRate _rate;
    // 0 once disposed, so that the one comparison in an acquire detects that too.
    private int _burst;
    private CountedBucket _bucket;
    private long _failed;

    /// <summary>Creates a full bucket.</summary>
    /// <param name="permitsPerSecond">The number of permits that refill per second; above 0 and at most 100,000,000.</param>
    /// <param name="burst">The number of permits in a full bucket; 1 to 1,000,000,000, and no more than refill in 365 days.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate or the burst is out of its range, or not a number.</exception>
    public TokenBucketLimiter(double permitsPerSecond, int burst, TimeProvider? timeProvider = null)
    {
        if (!BucketRate.IsRate(permitsPerSecond))
        {
            throw new ArgumentOutOfRangeException(nameof(permitsPerSecond), permitsPerSecond, "The rate of a token bucket must be above 0 and at most 100,000,000 permits a second.");
        }

        if (burst is < 1 or > BucketRate.MaxBurst)
        {
            throw new ArgumentOutOfRangeException(nameof(burst), burst, "The burst of a token bucket must be 1 to 1,000,000,000 permits.");
        }

        if (!BucketRate.IsRefillable(permitsPerSecond, burst))
        {
            throw new ArgumentOutOfRangeException(nameof(burst), burst, "The burst of a token bucket must refill within 365 days at its rate.");
        }

        _clock = new BucketClock(timeProvider ?? TimeProvider.System);
        _rate = CountedBucket.RateOf(permitsPerSecond, burst, _clock.UnitsPerSecond);
        _burst = burst;
    }

    /// <inheritdoc/>
    public override TimeSpan? IdleDuration => _clock.Now() - _bucket.Full is > 0 and var idle ? _clock.ToTime(idle) : null;

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The limiter was disposed.</exception>
    public override RateLimiterStatistics? GetStatistics()
    {
        ObjectDisposedException.ThrowIf(_burst == 0, this);
        return new()
        {
            CurrentAvailablePermits = TokenBucket.Level(_bucket.Full, _clock.Now(), _rate),
            TotalSuccessfulLeases = _bucket.Granted,
            TotalFailedLeases = Volatile.Read(ref _failed),
        };
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The number of permits is negative or above the burst.</exception>
    /// <exception cref="ObjectDisposedException">The limiter was disposed.</exception>
    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        // One comparison for both bounds.
        if ((uint)(permitCount - 1) >= (uint)_burst)
        {
            ObjectDisposedException.ThrowIf(_burst == 0, this);
            return permitCount == 0 ? Peek() : throw TooMany(permitCount);
        }

        return _bucket.TryTake(_clock.Now(), permitCount, _rate, out var wait) ? s_acquired : Refuse(wait);
    }

    /// <inheritdoc/>
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) =>
        new(AttemptAcquireCore(permitCount));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _burst = 0;
        base.Dispose(disposing);
    }

    private ArgumentOutOfRangeException TooMany(int permitCount) => new(
        nameof(permitCount), permitCount, permitCount < 0 ? "The number of permits must be 0 or more." : $"The number of permits must be at most the burst of the bucket, {_burst}.");

    // 0 permits asks whether one is available, as with the framework's limiters.
    private RateLimitLease Peek()
    {
        if (!TokenBucket.TryAdvance(_bucket.Full, _clock.Now(), 1, _rate, maxWait: 0, out _, out var wait))
        {
            return Refuse(wait);
        }

        _bucket.Count();
        return s_acquired;
    }

    private BucketLease Refuse(long wait)
    {
        Interlocked.Increment(ref _failed);
        return new BucketLease(_clock.ToTime(wait));
    }

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

namespace Herz.Resilience.Tests.RateLimiting.Buckets;

/// <summary>A clock set by hand, which unlike the usual test clock may go back.</summary>
internal sealed class HandClock : TimeProvider
{
    public long Nanoseconds { get; set; }

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => Nanoseconds;
}

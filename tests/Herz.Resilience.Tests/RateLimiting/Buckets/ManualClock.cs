namespace Herz.Resilience.Tests.RateLimiting.Buckets;

/// <summary>A clock set by the test, which unlike <c>FakeTimeProvider</c> can go back.</summary>
internal sealed class ManualClock : TimeProvider
{
    public long Nanoseconds { get; set; }

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => Nanoseconds;
}

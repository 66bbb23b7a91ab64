using Herz.Resilience.Pipeline.Cancellation;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Pipeline;

/// <summary>A process that is stopped, suspended or held by a debugger could answer nothing in that time.</summary>
public sealed class HeldProcessTests
{
    private readonly LeapingTime _time = new();

    [Fact]
    public void Deadline_OfAProcessThatWasHeld_IsAsLongAsItWouldHaveBeen()
    {
        using var source = Arm();

        // After 400 ms the process is stopped for two seconds, after which its timer fires late.
        _time.Advance(TimeSpan.FromMilliseconds(400));
        _time.Leap(TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromMilliseconds(401));
        Assert.False(source.IsCancellationRequested);

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(source.Fired);
    }

    [Fact]
    public void Deadline_OfAProcessThatIsHeldAgainAndAgain_PassesAtLast()
    {
        using var source = Arm();

        for (var held = 0; held < 3; held++)
        {
            _time.Leap(TimeSpan.FromSeconds(2));
            _time.Advance(TimeSpan.FromMilliseconds(801));
        }

        Assert.True(source.Fired);
    }

    [Fact]
    public void Deadline_WhoseTickIsALittleLate_HasPassed()
    {
        using var source = Arm();

        _time.Leap(TimeSpan.FromMilliseconds(200));
        _time.Advance(TimeSpan.FromMilliseconds(801));

        Assert.True(source.Fired);
    }

    private DeadlineSource Arm()
    {
        var pool = new DeadlineTimerPool(_time, canBeHeld: true, null!);
        var source = new DeadlineSource(pool, null!, new HttpResponseFeature());
        source.Rearm(_time.GetTimestamp() + (800 * _time.TimestampFrequency / 1000));
        return source;
    }

    /// <summary>A clock that goes on while its timers do not.</summary>
    private sealed class LeapingTime : FakeTimeProvider
    {
        private long _leapt;

        public void Leap(TimeSpan time) => _leapt += (long)(time.TotalSeconds * TimestampFrequency);

        public override long GetTimestamp() => base.GetTimestamp() + _leapt;
    }
}

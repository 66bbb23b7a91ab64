using Herz.Resilience.Pipeline.Cancellation;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.Pipeline;

/// <summary>A process cannot answer while it is stopped, suspended or halted by a debugger.</summary>
public sealed class SuspendedProcessTests
{
    private readonly JumpingTime _time = new();

    [Fact]
    public void Deadline_OfAProcessThatWasSuspended_IsExtended()
    {
        using var source = Arm();

        // After 400 ms the process is stopped for 2 s, so its timer fires late.
        _time.Advance(TimeSpan.FromMilliseconds(400));
        _time.Jump(TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromMilliseconds(401));
        Assert.False(source.IsCancellationRequested);

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(source.Fired);
    }

    [Fact]
    public void Deadline_OfAProcessThatIsSuspendedRepeatedly_Passes()
    {
        using var source = Arm();

        for (var suspension = 0; suspension < 3; suspension++)
        {
            _time.Jump(TimeSpan.FromSeconds(2));
            _time.Advance(TimeSpan.FromMilliseconds(801));
        }

        Assert.True(source.Fired);
    }

    [Fact]
    public void Deadline_WithASlightlyLateTick_HasPassed()
    {
        using var source = Arm();

        _time.Jump(TimeSpan.FromMilliseconds(200));
        _time.Advance(TimeSpan.FromMilliseconds(801));

        Assert.True(source.Fired);
    }

    private DeadlineSource Arm()
    {
        var pool = new DeadlineTimerPool(_time, canBeSuspended: true, null!);
        var source = new DeadlineSource(pool, null!, new HttpResponseFeature());
        source.Rearm(_time.GetTimestamp() + (800 * _time.TimestampFrequency / 1000));
        return source;
    }

    /// <summary>A clock that can run while its timers do not.</summary>
    private sealed class JumpingTime : FakeTimeProvider
    {
        private long _jumped;

        public void Jump(TimeSpan time) => _jumped += (long)(time.TotalSeconds * TimestampFrequency);

        public override long GetTimestamp() => base.GetTimestamp() + _jumped;
    }
}

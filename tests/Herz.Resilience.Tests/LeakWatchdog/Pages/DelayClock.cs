using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tests.LeakWatchdog.Pages;

/// <summary>A clock that only the test advances. It waits until a page has started its delay.</summary>
internal sealed class DelayClock : FakeTimeProvider
{
    /// <summary>A delay that no other timer of the app has.</summary>
    public const int DelaySeconds = 7;

    private static readonly TimeSpan s_delay = TimeSpan.FromSeconds(DelaySeconds);

    private readonly Channel<TimeSpan> _started = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>Waits until a delay of <see cref="DelaySeconds"/> has started.</summary>
    public Task WaitForDelayAsync() => _started.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Ends the delay.</summary>
    public void EndDelay() => Advance(s_delay);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime == s_delay)
        {
            _started.Writer.TryWrite(dueTime);
        }

        return timer;
    }
}

using Herz.Resilience.Configuration;
using Herz.Resilience.Hosting;
using Herz.Resilience.LeakWatchdog.Signals;
using Herz.Resilience.Pipeline;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.LeakWatchdog;

/// <summary>
/// Samples the signals every interval and checks the windows every quarter of a window, one step at a time, on a thread of its own:
/// it goes on while the thread pool is starved.
/// </summary>
internal sealed class LeakWatchdogService(
    SignalWatch signals, LeakWatch leaks, LastLook lastLook, Settings<LeakWatchdogOptions> settings, TimeProvider time, ILogger<LeakWatchdogService> logger)
    : IHostedService, IDisposable
{
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromSeconds(15);

    private readonly ThreadTimer _timer = new(time);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _start = time.GetTimestamp();
    private Thread? _thread;
    private volatile bool _stopping;
    private volatile bool _stepping;
    private TimeSpan _lastSample;
    private TimeSpan _lastCheck;

    /// <summary>Whether the thread runs.</summary>
    public bool IsRunning => _thread is not null && !_ended.Task.IsCompleted;

    private TimeSpan Now => time.GetElapsedTime(_start);

    private TimeSpan SampleAt => _lastSample + settings.Value.Interval;

    private TimeSpan CheckAt => _lastCheck + (settings.Value.Window / 4);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        (_lastSample, _lastCheck) = (Now, Now);
        _thread = new Thread(Run) { IsBackground = true, Name = "Herz leak watchdog" };

        // "Unsafe" omits the execution context: what the thread does is no work of the app's services.
        _thread.UnsafeStart();
        return Task.CompletedTask;
    }

    // Waiting would deadlock a web host that is disposed on a synchronization context with few threads; only a running step needs it.
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return _stepping ? _ended.Task.WaitAsync(cancellationToken) : Task.CompletedTask;
    }

    public void Dispose()
    {
        _stopping = true;
        _timer.Wake();
        _timer.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                Step();
            }
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    private void Step()
    {
        var now = Now;
        if (now >= SampleAt)
        {
            Try(signals.Sample, logger.SampleFailed);
            _lastSample = Now;
        }
        else if (now >= CheckAt)
        {
            Try(leaks.Check, logger.StepFailed);
            _lastCheck = Now;
        }
        else
        {
            // A reload may shorten both times.
            _timer.Wait(Min(SampleAt - now, Min(CheckAt - now, s_longestSleep)), () => _stopping || Now >= SampleAt || Now >= CheckAt);
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private void Try(Action step, Action<Exception> failed)
    {
        _stepping = true;
        try
        {
            if (_stopping)
            {
                return;
            }

            if (settings.Mode == EnforcementMode.Off)
            {
                // State from before the gap must not mix with what follows it.
                leaks.Reset();
                signals.Reset();
            }
            else
            {
                step();
            }

            lastLook.Record();
        }
#pragma warning disable CA1031 // A failed step or a log provider that throws must not stop the watchdog, and with it the process.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Contained.Run(exception, failed);
        }
        finally
        {
            _stepping = false;
        }
    }
}

using Herz.Resilience.Configuration;
using Herz.Resilience.Health.Probes;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Herz.Resilience.Health.Checks;

/// <summary>
/// One check of the app and its runs, driven by the monitor's thread. A run that exceeds the timeout is given up and counts as failed.
/// The check runs again after a wait that doubles each time, so a check that always hangs leaves few abandoned runs, however long the
/// app lives.
/// </summary>
/// <param name="checks">The app's health check service.</param>
/// <param name="check">The check.</param>
/// <param name="settings">The settings.</param>
/// <param name="metrics">Gets the time of each run.</param>
/// <param name="time">The clock.</param>
/// <param name="onResult">Called after each result.</param>
/// <param name="onFailure">Called if the service itself fails.</param>
internal sealed class CheckRun(
    HealthCheckService checks, HealthCheckRegistration check, Settings<HealthOptions> settings, HealthMetrics metrics, TimeProvider time, Action onResult, Action<Exception> onFailure)
{
    // More doublings would exceed the lifetime of any process.
    private const int MaxDoublings = 20;

    private readonly Lock _lock = new();
    private readonly CheckHistory _history = new();
    private int _run;
    private int _current;
    private int _abandoned;
    private long _startedAt;
    private long _dueAt = long.MinValue;

    public HealthCheckRegistration Registration => check;

    /// <summary>What probes show of it.</summary>
    public ProbeCheck Read(long now)
    {
        lock (_lock)
        {
            var times = CheckTimes.Of(settings.Value, check);
            var status = _history.Status;
            var age = status == CheckStatus.Pending ? TimeSpan.Zero : time.GetElapsedTime(_history.LastTimestamp, now);
            settings.Value.Checks.TryGetValue(check.Name, out var own);
            return new ProbeCheck(check.Name, status, ProbeVerdict.ImpactOf(check.Tags, own?.Impact, _history.HasPassed))
            {
                StaleFor = age > (2 * times.Period) + times.Timeout ? age : null,
            };
        }
    }

    /// <summary>Starts a run if one is due, and gives up one that takes too long.</summary>
    /// <param name="now">The time.</param>
    /// <param name="mayStart">Whether a run may start.</param>
    /// <param name="isStarved">Whether the thread pool does not run anything, so that a late run says nothing about the check.</param>
    /// <param name="random">From 0 to 1, for the time of the next run.</param>
    /// <returns>When to call again.</returns>
    public long Step(long now, bool mayStart, bool isStarved, double random)
    {
        lock (_lock)
        {
            var times = CheckTimes.Of(settings.Value, check);
            if (_current != 0)
            {
                var until = _startedAt + Ticks(times.Timeout);
                if (now < until || isStarved)
                {
                    return now < until ? until : now + Ticks(TimeSpan.FromMilliseconds(100));
                }

                _current = 0;
                _abandoned++;
                Record_NeedsLock(check.FailureStatus, now);
                _dueAt = Math.Max(_dueAt, _startedAt + Ticks(times.Timeout * (1L << Math.Min(_abandoned, MaxDoublings))));
            }

            if (!mayStart)
            {
                return long.MaxValue;
            }

            if (now >= _dueAt)
            {
                _startedAt = now;
                _current = ++_run;
                _dueAt = now + Ticks(times.NextAfter(_history.HasPassed, random));
                _ = RunAsync(_run, times.Timeout);
                return now + Ticks(times.Timeout);
            }

            return _dueAt;
        }
    }

    private async Task RunAsync(int run, TimeSpan timeout)
    {
        // On the pool: a blocking check must block neither the monitor nor the other checks.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var status = check.FailureStatus;
        var start = time.GetTimestamp();
        try
        {
            using var cancel = new CancellationTokenSource(timeout, time);
            var report = await checks.CheckHealthAsync(candidate => ReferenceEquals(candidate, check), cancel.Token);
            status = report.Entries.TryGetValue(check.Name, out var entry) ? entry.Status : status;
        }
        catch (OperationCanceledException)
        {
        }
#pragma warning disable CA1031 // An app that cannot run its checks is unhealthy.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            onFailure(exception);
        }

        metrics.Checked(check.Name, time.GetElapsedTime(start));
        lock (_lock)
        {
            if (_current == run)
            {
                _current = 0;
                Record_NeedsLock(status, time.GetTimestamp());
            }
            else
            {
                _abandoned--;
            }
        }

        onResult();
    }

    private void Record_NeedsLock(HealthStatus status, long now) =>
        _history.Record(status, now, settings.Value.FailureThreshold, settings.Value.SuccessThreshold);

    private long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * time.TimestampFrequency);
}

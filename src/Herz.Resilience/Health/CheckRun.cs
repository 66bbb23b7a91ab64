using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Herz.Resilience.Health;

/// <summary>
/// One check of the app, run with a timeout. A run that exceeds the timeout is abandoned and reported by name. The check runs again
/// after a wait that doubles each time, so a check that always hangs leaves few abandoned runs, however long the app lives.
/// </summary>
internal sealed class CheckRun(HealthCheckService checks, HealthCheckRegistration check, TimeProvider time)
{
    // More doublings would exceed the lifetime of any process.
    private const int MaxDoublings = 20;

    private int _abandoned;
    private long _startedAt;

    /// <summary>Runs the check; one caller at a time.</summary>
    /// <exception cref="Exception">The app's health check service failed.</exception>
    public async Task<HealthReportEntry> AskAsync(TimeSpan timeout)
    {
        var abandoned = Volatile.Read(ref _abandoned);
        if (abandoned > 0 && time.GetElapsedTime(_startedAt) < timeout * (1L << Math.Min(abandoned, MaxDoublings)))
        {
            return TimedOut(timeout);
        }

        _startedAt = time.GetTimestamp();
        var cancel = new CancellationTokenSource(timeout, time);
        var running = RunAsync(cancel);
        try
        {
            return await running.WaitAsync(timeout, time);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            if (!running.IsCompleted)
            {
                Interlocked.Increment(ref _abandoned);
                _ = running.ContinueWith(
                    static (ended, run) => ((CheckRun)run!).OnEnded(ended), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }

            return TimedOut(timeout);
        }
    }

    private async Task<HealthReportEntry> RunAsync(CancellationTokenSource cancel)
    {
        using (cancel)
        {
            // On another thread: a blocking check must block neither the probe nor the other checks.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            var report = await checks.CheckHealthAsync(candidate => ReferenceEquals(candidate, check), cancel.Token);
            return report.Entries.TryGetValue(check.Name, out var entry) ? entry : default;
        }
    }

    private void OnEnded(Task ended)
    {
        _ = ended.Exception;
        Interlocked.Decrement(ref _abandoned);
    }

    private HealthReportEntry TimedOut(TimeSpan timeout) => new(
        check.FailureStatus, $"The check took longer than Herz:Health:Timeout ({timeout}).", timeout, exception: null, data: null, tags: check.Tags);
}

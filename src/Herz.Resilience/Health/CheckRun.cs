using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Herz.Resilience.Health;

/// <summary>
/// One check of the app, asked with a bound on its time. A run that exceeds it is abandoned and named; the check is asked again, each time
/// after twice the wait, so that a check that always hangs holds few runs however long the app lives.
/// </summary>
internal sealed class CheckRun(HealthCheckService checks, HealthCheckRegistration check, TimeProvider time)
{
    // Beyond this the wait would exceed the lifetime of any process.
    private const int MostDoublings = 20;

    private int _abandoned;
    private long _begun;

    /// <summary>Asked by one caller at a time.</summary>
    /// <exception cref="Exception">The app's own service for checks failed.</exception>
    public async Task<HealthReportEntry> AskAsync(TimeSpan timeout)
    {
        var abandoned = Volatile.Read(ref _abandoned);
        if (abandoned > 0 && time.GetElapsedTime(_begun) < timeout * (1L << Math.Min(abandoned, MostDoublings)))
        {
            return TimedOut(timeout);
        }

        _begun = time.GetTimestamp();
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
                    static (ended, run) => ((CheckRun)run!).Return(ended), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }

            return TimedOut(timeout);
        }
    }

    private async Task<HealthReportEntry> RunAsync(CancellationTokenSource cancel)
    {
        using (cancel)
        {
            // Off the caller's thread: a check that blocks blocks neither the probe nor the other checks.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            var report = await checks.CheckHealthAsync(asked => ReferenceEquals(asked, check), cancel.Token);
            return report.Entries.TryGetValue(check.Name, out var entry) ? entry : default;
        }
    }

    private void Return(Task ended)
    {
        _ = ended.Exception;
        Interlocked.Decrement(ref _abandoned);
    }

    private HealthReportEntry TimedOut(TimeSpan timeout) => new(
        check.FailureStatus, $"The check took longer than Herz:Health:Timeout ({timeout}).", timeout, exception: null, data: null, tags: check.Tags);
}

using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Pipeline;

/// <summary>A fault in a guard or in a user's hook never breaks a healthy request: it is logged, counted, and the request goes on.</summary>
internal sealed class GuardFaults(ILogger<GuardFaults> logger, HerzMeter meter)
{
    private readonly Counter<long> _faults = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.guard.faults", "{fault}", "Exceptions thrown by a guard or a user's hook; the request went on."));

    /// <param name="guard">One of <see cref="GuardPlace"/>, or the name of another part.</param>
    /// <param name="moment">What was being done: <c>arrive</c>, <c>enter</c>, <c>release</c>, <c>refuse</c>, <c>exit</c>, <c>hook</c>.</param>
    /// <param name="exception">What was thrown.</param>
    public void Report(string guard, string moment, Exception exception)
    {
        Count(guard, moment);
        Log(() => logger.GuardFaulted(guard, moment, exception));
    }

    /// <summary>A callback of the app on the token of a request threw; it must not end the process from a timer's thread.</summary>
    public void ReportCallback(Exception exception)
    {
        Count(GuardPlace.Deadlines.Name(), "callback");
        Log(() => logger.CancellationCallbackFailed(exception));
    }

    // A listener of the meter may be what threw, and would throw here again.
    private void Count(string guard, string moment)
    {
        try
        {
            _faults.Add(1, new("guard", guard), new("moment", moment));
        }
#pragma warning disable CA1031 // There is nobody left to tell but the log.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log(() => logger.GuardFaulted("metrics", "fault", exception));
        }
    }

    private static void Log(Action write)
    {
        try
        {
            write();
        }
#pragma warning disable CA1031 // A provider of the app's log threw; there is nobody left to tell.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}

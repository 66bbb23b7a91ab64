using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Pipeline;

/// <summary>A fault in a guard or in a user's hook never breaks a healthy request: it is logged, counted, and the request goes on.</summary>
internal sealed class GuardFaults(ILogger<GuardFaults> logger, HerzMeter meter)
{
    private readonly Counter<long> _faults = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.guard.faults", "{fault}", "Exceptions thrown by a guard or a user's hook; the request went on."));

    /// <param name="guard">One of <see cref="GuardNames"/>, or the name of another part.</param>
    /// <param name="moment">What was being done: <c>arrive</c>, <c>enter</c>, <c>exit</c>, <c>hook</c>.</param>
    /// <param name="exception">What was thrown.</param>
    public void Report(string guard, string moment, Exception exception)
    {
        _faults.Add(1, new("guard", guard), new("moment", moment));
        logger.GuardFaulted(guard, moment, exception);
    }
}

using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Pipeline;

/// <summary>Logs and counts exceptions thrown by guards and by hooks of the app. The request continues.</summary>
internal sealed class GuardFaults(ILogger<GuardFaults> logger, HerzMeter meter)
{
    private readonly Counter<long> _faults = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.guard.faults", "{fault}", "Exceptions thrown by a guard or by a hook of the app; the request continued."));

    /// <param name="guard">The name of a <see cref="GuardPlace"/> or of another component.</param>
    /// <param name="moment">The step that failed: <c>arrive</c>, <c>enter</c>, <c>release</c>, <c>refuse</c>, <c>exit</c>, <c>hook</c>.</param>
    /// <param name="exception">The exception.</param>
    public void Report(string guard, string moment, Exception exception)
    {
        Count(guard, moment);
        Contained.Run(() => logger.GuardFaulted(guard, moment, exception));
    }

    /// <summary>Reports a callback of the app, on a request's token, that threw. The exception must not end the process from a timer's thread.</summary>
    public void ReportCallback(Exception exception)
    {
        Count(GuardPlace.Deadlines.Name(), "callback");
        Contained.Run(() => logger.CancellationCallbackFailed(exception));
    }

    /// <summary>Runs code of the app, or code that may call it, and reports an exception.</summary>
    public void Contain<TState>(string guard, string moment, TState state, Action<TState> call) =>
        Contained.Run((Faults: this, guard, moment, state, call), static run => run.call(run.state), static (run, exception) => run.Faults.Report(run.guard, run.moment, exception));

    // A throwing listener of the meter may be the fault that is reported, and throws here again.
    private void Count(string guard, string moment) =>
        Contained.Run(() => _faults.Add(1, new("guard", guard), new("moment", moment)), exception => logger.GuardFaulted("metrics", "fault", exception));
}

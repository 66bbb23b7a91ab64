using System.Diagnostics;
using Herz.Resilience.Origins;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.BackgroundWork;

/// <summary>What flows with the execution context of a piece of work: its origin, and its trace.</summary>
internal static class WorkContext
{
    private static readonly ActivitySource s_activities = new(HerzMeter.Name);

    /// <summary>Puts the origin token, by which leaks of the work are found, into the work's execution context.</summary>
    /// <returns>The scope whose origin ends with the work; null for a loop, which may run for ever.</returns>
    public static BackgroundScope? BeginOrigin(OriginRegistry origins, WorkItem item)
    {
        if (item.IsLoop)
        {
            EndlessOrigin.Begin(origins.Of(item.Name, OriginKind.Loop));
            return null;
        }

        var scope = new BackgroundScope { Origin = origins.Of(item.Name, OriginKind.Work).Take() };
        AmbientWork.Current = scope;
        return scope;
    }

    public static Activity? StartActivity(WorkItem item) => s_activities.HasListeners()
        ? s_activities.StartActivity(item.Name, ActivityKind.Internal, default(ActivityContext), links: item.Trace == default ? null : [new ActivityLink(item.Trace)])
        : null;

    /// <summary>Runs code that must not keep the execution context of its caller, such as a request.</summary>
    public static TResult Suppress<TState, TResult>(TState state, Func<TState, TResult> call)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return call(state);
        }

        using (ExecutionContext.SuppressFlow())
        {
            return call(state);
        }
    }
}

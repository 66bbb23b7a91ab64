using Herz.Resilience.Origins;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Pipeline;

/// <summary>
/// The one middleware: runs all guards in one async frame. A request that completes synchronously costs no state machine, a request
/// that awaits costs one.
/// </summary>
internal sealed class HerzMiddleware(RequestDelegate next, GuardPipeline pipeline, ILogger<HerzMiddleware> logger)
{
    private bool _nestingChecked;

    public Task InvokeAsync(HttpContext context)
    {
        switch (context.Features.Get<IEndpointFeature>())
        {
            case RequestScope outer:
                // Added twice, by the one call and by the app itself: the outer middleware runs all guards.
                CheckNesting(outer.Pipeline);
                return next(context);
            case UnguardedRequest:
                return next(context);
        }

        var scope = pipeline.Begin(context);
        var callersContext = ExecutionContext.Capture();
        AmbientWork.Current = scope;
        Task pending;
        try
        {
            pending = pipeline.ArriveAsync(scope, context, next);
        }
#pragma warning disable CA1031 // Reported to the guards, then rethrown.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            pending = Task.FromException(exception);
        }
        finally
        {
            Restore(callersContext);
        }

        return pending.IsCompletedSuccessfully ? pipeline.End.Complete(scope, null) : RequestEnd.AwaitAsync(pending, scope);
    }

    private static void Restore(ExecutionContext? callersContext)
    {
        if (callersContext is null)
        {
            AmbientWork.Current = null;
        }
        else
        {
            ExecutionContext.Restore(callersContext);
        }
    }

    private void CheckNesting(GuardPipeline outer)
    {
        if (!_nestingChecked)
        {
            _nestingChecked = true;
            var missing = string.Join(", ", outer.MissingFrom(pipeline));
            if (missing.Length > 0)
            {
                logger.GuardsInside(missing);
            }
        }
    }
}

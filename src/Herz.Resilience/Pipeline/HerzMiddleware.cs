using Herz.Resilience.Origins;
using Herz.Resilience.Pipeline.Outcomes;
using Herz.Resilience.Pipeline.Refusals;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Pipeline;

/// <summary>
/// The one middleware: all guards in one frame. A request that completes synchronously costs no state machine,
/// one that awaits costs one.
/// </summary>
internal sealed class HerzMiddleware(RequestDelegate next, GuardPipeline pipeline, RefusalWriter writer, ILogger<HerzMiddleware> logger)
{
    // How long the server's report that a client has left may come after the exception that its leaving caused.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(20);

    private bool _nestingChecked;

    public Task InvokeAsync(HttpContext context)
    {
        switch (context.Features.Get<IEndpointFeature>())
        {
            case RequestScope outer:
                // Placed twice, by the one call and by hand: the outer one has it all.
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
#pragma warning disable CA1031 // Told to the guards, then thrown on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            pending = Task.FromException(exception);
        }
        finally
        {
            Leave(callersContext);
        }

        return pending.IsCompletedSuccessfully ? LeaveAsync(scope, null) : AwaitAsync(pending, scope);
    }

    private static void Leave(ExecutionContext? callersContext)
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

    private async Task AwaitAsync(Task pending, RequestScope scope)
    {
        Exception? fault;
        try
        {
            await pending;
            fault = null;
        }
#pragma warning disable CA1031 // Told to the guards, then thrown on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            fault = exception;
        }

        var leaving = LeaveAsync(scope, fault);
        if (!leaving.IsCompletedSuccessfully)
        {
            await leaving;
        }
    }

    private Task LeaveAsync(RequestScope scope, Exception? fault) =>
        OutcomeJudge.MayHaveLeft(scope, scope.Context!.Response, fault) ? LeaveInDoubtAsync(scope, fault) : EndAsync(scope, fault);

    private async Task LeaveInDoubtAsync(RequestScope scope, Exception? fault)
    {
        await scope.WaitForClientAsync(s_patience);
        await EndAsync(scope, fault);
    }

    private Task EndAsync(RequestScope scope, Exception? fault)
    {
        var context = scope.Context!;
        var response = context.Response;
        var now = pipeline.Now();
        var kind = OutcomeJudge.Judge(scope, response, fault, pipeline.ElapsedAt(scope, now), out var status, out var answerLate);
        pipeline.Exit(scope, new RequestOutcome(kind, status, now, scope.ClientTicks));
        scope.Detach();
        if (answerLate)
        {
            if (fault is not null and not OperationCanceledException)
            {
                logger.FaultAfterDeadline(context.Request.Method, context.Request.Path, fault);
            }

            return writer.WriteLastAsync(context, DeadlineRefusal.Instance);
        }

        return fault is null ? Task.CompletedTask : Task.FromException(fault);
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

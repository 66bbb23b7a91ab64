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
    public Task InvokeAsync(HttpContext context)
    {
        // Placed twice, by the one call and by hand: the outer one has it all.
        if (context.Features.Get<IEndpointFeature>() is RequestScope)
        {
            return next(context);
        }

        var scope = pipeline.Begin(context);
        var callersContext = ExecutionContext.Capture();
        RequestScope.Current = scope;
        try
        {
            var pending = pipeline.ArriveAsync(scope, context, next);
            return pending.IsCompletedSuccessfully ? LeaveAsync(scope, null) : AwaitAsync(pending, scope);
        }
#pragma warning disable CA1031 // Told to the guards, then thrown on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return LeaveAsync(scope, exception);
        }
        finally
        {
            if (callersContext is not null)
            {
                ExecutionContext.Restore(callersContext);
            }
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

    private Task LeaveAsync(RequestScope scope, Exception? fault)
    {
        var context = scope.Context!;
        var response = context.Response;
        var kind = Judge(scope, response, fault, out var status);
        pipeline.Exit(scope, kind, status);
        scope.Detach();
        if (kind == OutcomeKind.DeadlineExceeded && !response.HasStarted && IsUnanswered(response, fault))
        {
            if (fault is not null and not OperationCanceledException)
            {
                logger.FaultAfterDeadline(context.Request.Method, context.Request.Path, fault);
            }

            return writer.WriteAsync(context, DeadlineRefusal.Instance);
        }

        return fault is null ? Task.CompletedTask : Task.FromException(fault);
    }

    private static OutcomeKind Judge(RequestScope scope, HttpResponse response, Exception? fault, out int status)
    {
        status = response.StatusCode;
        if (scope.DeadlineFired)
        {
            status = response.HasStarted ? status : StatusCodes.Status504GatewayTimeout;
            return OutcomeKind.DeadlineExceeded;
        }

        if (scope.ClientGone)
        {
            status = StatusCodes.Status499ClientClosedRequest;
            return OutcomeKind.ClientGone;
        }

        if (scope.Refused)
        {
            return OutcomeKind.Refused;
        }

        if (fault is not null && !response.HasStarted)
        {
            status = StatusCodes.Status500InternalServerError;
        }

        var failed = fault is not null || status >= 500 || (scope.Entered is { IsGrpc: true } && GrpcMethod.HasFailed(response));
        return failed ? OutcomeKind.ServerError : OutcomeKind.Ok;
    }

    // A cancelled handler that says nothing must not look like an empty success; one that chose its answer keeps it.
    private static bool IsUnanswered(HttpResponse response, Exception? fault) =>
        fault is not null || response.StatusCode is StatusCodes.Status200OK or StatusCodes.Status499ClientClosedRequest;
}

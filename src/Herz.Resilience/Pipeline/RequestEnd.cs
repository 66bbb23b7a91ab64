using Herz.Resilience.Pipeline.Outcomes;
using Herz.Resilience.Pipeline.Refusals;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Pipeline;

/// <summary>Ends each request once: judges the outcome, reports it to the guards, and answers 504 where the deadline has passed.</summary>
internal sealed class RequestEnd(GuardPipeline pipeline, RefusalWriter writer, ILogger<RequestEnd> logger)
{
    // The server may report that a client has left this much later than the exception which that caused.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(20);

    // Static, so that the state machine of a request that awaits holds one reference less.
    public static async Task AwaitAsync(Task pending, RequestScope scope)
    {
        Exception? fault;
        try
        {
            await pending;
            fault = null;
        }
#pragma warning disable CA1031 // Reported to the guards, then rethrown.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            fault = exception;
        }

        var completion = scope.Pipeline.End.Complete(scope, fault);
        if (!completion.IsCompletedSuccessfully)
        {
            await completion;
        }
    }

    public Task Complete(RequestScope scope, Exception? fault) =>
        OutcomeJudge.ClientMayBeGone(scope, scope.Context!.Response, fault) ? CompleteLaterAsync(scope, fault) : CompleteNow(scope, fault);

    private async Task CompleteLaterAsync(RequestScope scope, Exception? fault)
    {
        await scope.WaitForClientAsync(s_patience);
        await CompleteNow(scope, fault);
    }

    private Task CompleteNow(RequestScope scope, Exception? fault)
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
}

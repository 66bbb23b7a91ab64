using System.Runtime.ExceptionServices;
using Herz.Resilience.Outbound.Dependencies;
using Herz.Resilience.Outbound.Hedging;
using Herz.Resilience.Outbound.Retries;
using Herz.Resilience.Pipeline.Calls;

namespace Herz.Resilience.Outbound.Handlers;

/// <summary>
/// Guards the calls of one client: asks the guards before each attempt, and retries what failed in a transient manner. A call that
/// succeeds costs one state machine. It ends for the guards when its headers arrive; a body that fails later is the reader's.
/// </summary>
/// <param name="calls">The dependencies and their guards.</param>
/// <param name="hedges">Sends second attempts.</param>
/// <param name="clients">The options of clients.</param>
/// <param name="name">The name of the client; empty if it has none.</param>
/// <param name="hasInnerHandlers">Whether handlers of the app are inside this one, which may change a request.</param>
internal sealed class OutboundHandler(GuardedCalls calls, HedgedCalls hedges, OutboundCalls clients, string? name, bool hasInnerHandlers) : DelegatingHandler
{
    private AttemptSender? _send;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        calls.Mode.Current == EnforcementMode.Off || request.RequestUri is not { IsAbsoluteUri: true }
            ? base.SendAsync(request, cancellationToken)
            : GuardAsync(request, cancellationToken);

    // A thread that blocks cannot wait for a retry.
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (calls.Mode.Current == EnforcementMode.Off || request.RequestUri is not { IsAbsoluteUri: true } uri)
        {
            return base.Send(request, cancellationToken);
        }

        var isGrpc = GrpcCalls.Is(request);
        var dependency = calls.Dependencies.Find(uri, isGrpc);
        var call = calls.Begin(dependency, request);
        var tickets = default(CallTickets);
        if (calls.Enter(dependency, call, ref tickets) is { } refusal)
        {
            return RefusedAnswer.Create(request, refusal);
        }

        try
        {
            var response = base.Send(request, cancellationToken);
            calls.Exit(dependency, call, tickets, HttpOutcomes.Of(response, calls.Time.GetTimestamp(), isGrpc, calls.Time));
            return response;
        }
        catch (Exception exception)
        {
            calls.Exit(dependency, call, tickets, HttpOutcomes.Of(exception, calls.Time.GetTimestamp(), cancellationToken));
            throw;
        }
    }

    private async Task<HttpResponseMessage> GuardAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isGrpc = GrpcCalls.Is(request);
        var dependency = calls.Dependencies.Find(request.RequestUri!, isGrpc);
        var canRetry = !isGrpc && CanRetry(request, dependency.Settings);
        var hedgeDelay = canRetry ? hedges.DelayOf(dependency, request) : null;
        var snapshot = canRetry ? RequestSnapshot.Of(request, hasInnerHandlers || hedgeDelay is not null) : default;
        if (canRetry && dependency.SendsAttempt)
        {
            AttemptHeaders.Write(request, 1);
        }

        var call = calls.Begin(dependency, request);
        var tickets = default(CallTickets);
        if (calls.Enter(dependency, call, ref tickets) is { } refusal)
        {
            return RefusedAnswer.Create(request, refusal);
        }

        Attempt attempt;
        if (hedgeDelay is { } delay)
        {
            attempt = await hedges.SendAsync(dependency, call, tickets, snapshot, delay, _send ??= SendOnceAsync, cancellationToken).ConfigureAwait(false);
            return attempt.Outcome.IsFailure
                ? await RetryAsync(request, dependency, snapshot, canRetry, attempt, cancellationToken).ConfigureAwait(false)
                : attempt.Result();
        }

        try
        {
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var outcome = HttpOutcomes.Of(response, calls.Time.GetTimestamp(), isGrpc, calls.Time);
            calls.Exit(dependency, call, tickets, outcome);
            if (!outcome.IsFailure)
            {
                return response;
            }

            attempt = new Attempt(call, outcome, response, null);
        }
        catch (Exception exception)
        {
            var outcome = HttpOutcomes.Of(exception, calls.Time.GetTimestamp(), cancellationToken);
            calls.Exit(dependency, call, tickets, outcome);
            if (!canRetry || !outcome.IsFailure)
            {
                throw;
            }

            attempt = new Attempt(call, outcome, null, ExceptionDispatchInfo.Capture(exception));
        }

        return await RetryAsync(request, dependency, snapshot, canRetry, attempt, cancellationToken).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> RetryAsync(
        HttpRequestMessage request, TrackedDependency dependency, RequestSnapshot snapshot, bool canRetry, Attempt failed, CancellationToken cancellationToken)
    {
        var delay = TimeSpan.Zero;
        while (true)
        {
            if (calls.Decide(dependency, failed.Call, failed.Outcome, canRetry, failed.HasRetriedBehind, ref delay) != RetryStop.None)
            {
                return failed.Call.Attempt > 1 ? End(dependency, failed) : failed.Result();
            }

            var next = await TryAgainAsync(request, dependency, snapshot, failed, delay, cancellationToken).ConfigureAwait(false);
            if (next is not { } again)
            {
                return failed.Call.Attempt > 1 ? End(dependency, failed) : failed.Result();
            }

            if (!again.Outcome.IsFailure)
            {
                return End(dependency, again);
            }

            failed = again;
        }
    }

    private HttpResponseMessage End(TrackedDependency dependency, Attempt attempt)
    {
        calls.Retried(dependency, attempt.Outcome.Result == CallResult.Ok);
        return attempt.Result();
    }

    /// <summary>Waits and sends the request again. The answer of the failed attempt is kept until then, in case no other is sent.</summary>
    private async Task<Attempt?> TryAgainAsync(
        HttpRequestMessage request, TrackedDependency dependency, RequestSnapshot snapshot, Attempt failed, TimeSpan delay, CancellationToken cancellationToken)
    {
        try
        {
            await calls.DelayAsync(delay, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            failed.Response?.Dispose();
            throw;
        }

        var (canSend, content) = await BodyReplay.NextAsync(snapshot.Content).ConfigureAwait(false);
        if (!canSend || !snapshot.TryRestore(request, content))
        {
            return null;
        }

        var call = failed.Call with { Attempt = failed.Call.Attempt + 1, Started = calls.Time.GetTimestamp(), Request = request };
        var tickets = default(CallTickets);
        if (calls.Enter(dependency, call, ref tickets) is not null)
        {
            return null;
        }

        failed.Response?.Dispose();
        if (dependency.SendsAttempt)
        {
            AttemptHeaders.Write(request, call.Attempt);
        }

        return await SendOnceAsync(dependency, call, tickets, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Attempt> SendOnceAsync(TrackedDependency dependency, OutgoingCall call, CallTickets tickets, CancellationToken cancellationToken)
    {
        try
        {
            var response = await base.SendAsync(call.Request!, cancellationToken).ConfigureAwait(false);
            var outcome = HttpOutcomes.Of(response, calls.Time.GetTimestamp(), isGrpc: false, calls.Time);
            calls.Exit(dependency, call, tickets, outcome);
            return new Attempt(call, outcome, response, null);
        }
#pragma warning disable CA1031 // Thrown again where the caller waits.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var outcome = HttpOutcomes.Of(exception, calls.Time.GetTimestamp(), cancellationToken);
            calls.Exit(dependency, call, tickets, outcome);
            return new Attempt(call, outcome, null, ExceptionDispatchInfo.Capture(exception));
        }
    }

    private bool CanRetry(HttpRequestMessage request, DependencySettings settings)
    {
        if (!settings.Retry || !BodyReplay.IsPossible(request.Content))
        {
            return false;
        }

        // Only requests of other methods pay for the dictionary of their options.
        return IsIdempotent(request.Method)
            ? clients.RetriesOf(name, request) != false
            : clients.RetriesOf(name, request) == true || HerzRequestOptions.IsMarked(request);
    }

    private static bool IsIdempotent(HttpMethod method) =>
        method == HttpMethod.Get || method == HttpMethod.Put || method == HttpMethod.Delete || method == HttpMethod.Head || method == HttpMethod.Options;
}

using System.Runtime.CompilerServices;
using Herz.Resilience.Outbound.Dependencies;
using Herz.Resilience.Outbound.Handlers;
using Herz.Resilience.Outbound.Retries;
using Herz.Resilience.Pipeline.Calls;

namespace Herz.Resilience.Outbound.Hedging;

/// <summary>
/// Sends a second attempt when the first is slow. The first answer that is no failure wins; the other attempt is cancelled, which shows
/// nothing about the dependency.
/// </summary>
/// <param name="calls">The dependencies and their guards.</param>
/// <param name="metrics">Counts hedges.</param>
internal sealed class HedgedCalls(GuardedCalls calls, OutboundMetrics metrics)
{
    // A dependency that is forgotten takes its limit with it.
    private readonly ConditionalWeakTable<TrackedDependency, HedgeLimit> _limits = [];

    /// <summary>How long to wait before a hedge of a call; null if it gets none.</summary>
    public TimeSpan? DelayOf(TrackedDependency dependency, HttpRequestMessage request) =>
        dependency.Settings.Hedge && request.Content is null && calls.Mode.Current == EnforcementMode.Enforce
            ? HedgeLimit.DelayOf(dependency.Settings, dependency.Latencies)
            : null;

    /// <summary>Makes a call with a hedge.</summary>
    /// <param name="dependency">The dependency.</param>
    /// <param name="first">The first attempt, admitted by the guards.</param>
    /// <param name="tickets">Its tickets.</param>
    /// <param name="snapshot">The request before it was sent.</param>
    /// <param name="delay">How long to wait for it.</param>
    /// <param name="send">Sends one attempt and reports its outcome to the guards.</param>
    /// <param name="cancellationToken">Cancels both.</param>
    public async Task<Attempt> SendAsync(
        TrackedDependency dependency, OutgoingCall first, CallTickets tickets, RequestSnapshot snapshot, TimeSpan delay, AttemptSender send, CancellationToken cancellationToken)
    {
        var firstCancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = send(dependency, first, tickets, firstCancellation.Token);
        if (await EndsWithinAsync(sending, delay, cancellationToken).ConfigureAwait(false)
            || TryBegin(dependency, first, snapshot, out var second, out var secondTickets) is not { } hedge)
        {
            return await FinishAsync(sending, firstCancellation).ConfigureAwait(false);
        }

        var hedgeCancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var hedging = send(dependency, second, secondTickets, hedgeCancellation.Token);
        var winner = await Task.WhenAny(sending, hedging).ConfigureAwait(false);
        if ((await winner.ConfigureAwait(false)).Outcome.IsFailure)
        {
            winner = winner == sending ? hedging : sending;
            await winner.ConfigureAwait(false);
        }

        var isWon = winner == hedging;
        metrics.Hedged(dependency, isWon ? "won" : "lost");
        Discard(dependency, isWon ? sending : hedging, isWon ? firstCancellation : hedgeCancellation, isWon ? null : hedge, isWon ? first : null);
        return await FinishAsync(winner, isWon ? hedgeCancellation : firstCancellation).ConfigureAwait(false);
    }

    private async Task<bool> EndsWithinAsync(Task sending, TimeSpan delay, CancellationToken cancellationToken)
    {
        if (sending.IsCompleted)
        {
            return true;
        }

        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var isFirst = await Task.WhenAny(sending, calls.DelayAsync(delay, waiting.Token)).ConfigureAwait(false) == sending;
        await waiting.CancelAsync().ConfigureAwait(false);
        return isFirst || cancellationToken.IsCancellationRequested;
    }

    private HttpRequestMessage? TryBegin(TrackedDependency dependency, OutgoingCall first, RequestSnapshot snapshot, out OutgoingCall second, out CallTickets tickets)
    {
        var now = calls.Time.GetTimestamp();
        var copy = snapshot.Copy(first.Request!);
        second = first with { Attempt = 2, Started = now, Request = copy };
        tickets = default;
        if (!_limits.GetValue(dependency, _ => new HedgeLimit(calls.Time.TimestampFrequency)).TryTake(dependency, now))
        {
            metrics.Hedged(dependency, RetryStop.Budget.Name());
        }
        else if (calls.Enter(dependency, second, ref tickets) is not null)
        {
            metrics.Hedged(dependency, RetryStop.Refused.Name());
        }
        else
        {
            if (dependency.SendsAttempt)
            {
                AttemptHeaders.Write(copy, 2);
            }

            return copy;
        }

        copy.Dispose();
        return null;
    }

    // The token of the winner is not cancelled any more: its body is read with the reader's own.
    private static async Task<Attempt> FinishAsync(Task<Attempt> attempt, CancellationTokenSource cancellation)
    {
        using (cancellation)
        {
            return await attempt.ConfigureAwait(false);
        }
    }

    private void Discard(TrackedDependency dependency, Task<Attempt> loser, CancellationTokenSource cancellation, HttpRequestMessage? hedge, OutgoingCall? slow)
    {
        if (slow is { } first && !loser.IsCompleted)
        {
            // Else only the quick calls would be recorded, and the percentile would fall with each hedge.
            dependency.Latencies?.Record(calls.Time.GetElapsedTime(first.Started).TotalSeconds);
        }

        _ = EndAsync();

        async Task EndAsync()
        {
            await cancellation.CancelAsync().ConfigureAwait(false);
            var attempt = await loser.ConfigureAwait(false);
            attempt.Response?.Dispose();
            hedge?.Dispose();
            cancellation.Dispose();
        }
    }
}

/// <summary>Sends one attempt, and reports its outcome to the guards. Never throws.</summary>
internal delegate Task<Attempt> AttemptSender(TrackedDependency dependency, OutgoingCall call, CallTickets tickets, CancellationToken cancellationToken);

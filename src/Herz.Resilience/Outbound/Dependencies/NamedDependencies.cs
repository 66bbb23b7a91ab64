using System.Data.Common;
using System.Net.Sockets;
using Herz.Resilience.Outbound.Retries;
using Herz.Resilience.Pipeline.Calls;

namespace Herz.Resilience.Outbound.Dependencies;

/// <summary>Guards calls that are not HTTP.</summary>
internal sealed class NamedDependencies(GuardedCalls calls) : IDependencies
{
    private static readonly DependencyCallOptions s_defaults = new();

    public IDependency Get(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new Named(calls, name, s_defaults);
    }

    private static bool IsFailure(Exception exception) =>
        exception is TimeoutException or IOException or SocketException or HttpRequestException or DbException { IsTransient: true };

    // It finds the dependency for each call, since one that is not used for long may be forgotten.
    private sealed class Named(GuardedCalls calls, string name, DependencyCallOptions options) : IDependency
    {
        public string Name => name;

        public IDependency WithOptions(DependencyCallOptions options)
        {
            ArgumentNullException.ThrowIfNull(options);
            return new Named(calls, name, options);
        }

        public async ValueTask ExecuteAsync(Func<CancellationToken, ValueTask> operation, CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(operation);
            _ = await ExecuteAsync(
                async token =>
                {
                    await operation(token).ConfigureAwait(false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }

        public async ValueTask<TResult> ExecuteAsync<TResult>(Func<CancellationToken, ValueTask<TResult>> operation, CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(operation);
            if (calls.Mode.Current == EnforcementMode.Off)
            {
                return await operation(cancellationToken).ConfigureAwait(false);
            }

            var dependency = calls.Dependencies.Find(name);
            var attempt = calls.Begin(dependency, null);
            var delay = TimeSpan.Zero;
            while (true)
            {
                var tickets = default(CallTickets);
                if (calls.Enter(dependency, attempt, ref tickets) is { } refusal)
                {
                    throw new DependencyRefusedException(refusal.Reason, name, refusal.Guard, refusal.RetryAfter);
                }

                try
                {
                    var result = await operation(cancellationToken).ConfigureAwait(false);
                    calls.Exit(dependency, attempt, tickets, new CallOutcome(CallResult.Ok, calls.Time.GetTimestamp()));
                    if (attempt.Attempt > 1)
                    {
                        calls.Retried(dependency, isSuccess: true);
                    }

                    return result;
                }
                catch (Exception exception)
                {
                    var outcome = OutcomeOf(exception, cancellationToken);
                    calls.Exit(dependency, attempt, tickets, outcome);
                    if (!outcome.IsFailure || calls.Decide(dependency, attempt, outcome, options.Idempotent, hasRetried: false, ref delay) != RetryStop.None)
                    {
                        if (attempt.Attempt > 1)
                        {
                            calls.Retried(dependency, isSuccess: false);
                        }

                        throw;
                    }
                }

                await calls.DelayAsync(delay, cancellationToken).ConfigureAwait(false);
                attempt = attempt with { Attempt = attempt.Attempt + 1, Started = calls.Time.GetTimestamp() };
            }
        }

        private CallOutcome OutcomeOf(Exception exception, CancellationToken cancellationToken)
        {
            var now = calls.Time.GetTimestamp();
            return exception is OperationCanceledException && cancellationToken.IsCancellationRequested ? new(CallResult.Cancelled, now)
                : !(options.IsFailure ?? IsFailure)(exception) ? new(CallResult.Ok, now)
                : new(exception is TimeoutException ? CallResult.TimedOut : CallResult.Unavailable, now);
        }
    }
}

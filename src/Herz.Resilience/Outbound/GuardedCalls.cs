using Herz.Resilience.Configuration;
using Herz.Resilience.Origins;
using Herz.Resilience.Outbound.Dependencies;
using Herz.Resilience.Outbound.Retries;
using Herz.Resilience.Outbound.Throttling;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Calls;

namespace Herz.Resilience.Outbound;

/// <summary>What the handlers and <see cref="IDependencies"/> share: the dependencies, their guards, and the decision to retry.</summary>
internal sealed class GuardedCalls
{
    private readonly CallGuards _guards;
    private readonly SplitMix _random;
    private readonly OutboundMetrics _metrics;

    public GuardedCalls(
        Settings<OutboundOptions> settings, OutboundMode mode, DependencyTable dependencies, CallGuards guards, SplitMix random, ThrottleGuard throttle, OutboundMetrics metrics, TimeProvider time)
    {
        Dependencies = dependencies;
        Mode = mode;
        Time = time;
        _guards = guards;
        _random = random;
        _metrics = metrics;
        settings.Follow((options, mode) => dependencies.Apply(new OutboundPlan(options, mode)));
        dependencies.Forgotten = guards.Forget;
        metrics.Observe(dependencies, throttle.ShareOf);
    }

    public DependencyTable Dependencies { get; }

    public OutboundMode Mode { get; }

    public TimeProvider Time { get; }

    /// <summary>Counts a call; once for each, before its first attempt.</summary>
    public OutgoingCall Begin(TrackedDependency dependency, HttpRequestMessage? request)
    {
        var now = Time.GetTimestamp();
        dependency.Touch(now);
        dependency.Calls.Add(now);
        return new OutgoingCall(now, 1, RequestScope.Current?.Priority ?? RequestPriority.Default, request);
    }

    /// <summary>Asks the guards before an attempt.</summary>
    public CallRefusal? Enter(TrackedDependency dependency, in OutgoingCall call, ref CallTickets tickets) => _guards.Enter(dependency, call, ref tickets);

    /// <summary>Reports the outcome of an attempt.</summary>
    public void Exit(TrackedDependency dependency, in OutgoingCall call, in CallTickets tickets, in CallOutcome outcome)
    {
        if (outcome.Result == CallResult.Ok)
        {
            dependency.Took(outcome.Ended - call.Started);
        }

        _guards.Exit(dependency, call, tickets, outcome);
    }

    /// <summary>Decides whether a failed attempt is retried, and charges the budget.</summary>
    /// <param name="dependency">The dependency.</param>
    /// <param name="call">The attempt that failed.</param>
    /// <param name="outcome">Its outcome.</param>
    /// <param name="canRetry">Whether the call may be sent again.</param>
    /// <param name="hasRetried">Whether a service behind the dependency has retried.</param>
    /// <param name="delay">The delay before the attempt that failed, replaced by the next.</param>
    public RetryStop Decide(TrackedDependency dependency, in OutgoingCall call, in CallOutcome outcome, bool canRetry, bool hasRetried, ref TimeSpan delay)
    {
        var scope = canRetry ? RequestScope.Current : null;
        var failed = new FailedAttempt(
            call.Attempt, canRetry && dependency.Settings.Retry, outcome, hasRetried || IsRetryOfCaller(scope), delay, dependency.UsualTime, Remaining(outcome.Ended));
        var stop = RetryDecision.Decide(failed, dependency.Settings, dependency.Budget, _random.NextDouble(), out delay);
        if (stop == RetryStop.None && Mode.Current != EnforcementMode.Enforce)
        {
            stop = RetryStop.Observed;
        }

        if (scope is not null && stop is not (RetryStop.None or RetryStop.NotRetryable or RetryStop.Observed))
        {
            scope.IsRetriedInside = true;
        }

        Report(dependency, call.Attempt, stop, outcome, delay);
        return stop;
    }

    /// <summary>Waits before a retry.</summary>
    public Task DelayAsync(TimeSpan delay, CancellationToken cancellationToken) => Task.Delay(delay, Time, cancellationToken);

    /// <summary>A call has ended after at least one retry.</summary>
    public void Retried(TrackedDependency dependency, bool isSuccess) => _metrics.Retried(dependency, isSuccess ? "succeeded" : "failed");

    /// <summary>The time until the deadline of the work that makes the call.</summary>
    public TimeSpan Remaining(long now) =>
        AmbientWork.Current is { Ends: not long.MaxValue and var ends } ? Time.GetElapsedTime(now, Math.Max(now, ends)) : TimeSpan.MaxValue;

    private static bool IsRetryOfCaller(RequestScope? scope) => scope?.Context is { } context && AttemptHeaders.IsRetry(context.Request.Headers);

    private void Report(TrackedDependency dependency, int attempt, RetryStop stop, in CallOutcome outcome, TimeSpan delay)
    {
        switch (stop)
        {
            case RetryStop.NotRetryable:
                break;
            case RetryStop.None:
                OutboundMetrics.Retrying(dependency, attempt, outcome, delay);
                break;
            default:
                _metrics.NotRetried(dependency, attempt, stop, outcome);
                break;
        }
    }
}

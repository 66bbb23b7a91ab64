using Polly;
using Polly.CircuitBreaker;

namespace Herz.Resilience.CircuitBreaking;

/// <summary>
/// A Polly circuit breaker, driven by outcomes instead of around a call: the failure ratio, the window and the
/// transitions are Polly's. Not thread-safe where it says so; its owner holds a lock.
/// </summary>
internal sealed class PollyCircuit
{
    private static readonly Task<Outcome<bool>> s_success = Task.FromResult(Outcome.FromResult(true));
    private static readonly Task<Outcome<bool>> s_failure = Task.FromResult(Outcome.FromResult(false));

    private readonly CircuitBreakerStateProvider _state = new();
    private readonly ResiliencePipeline<bool> _pipeline;
    private TaskCompletionSource<Outcome<bool>>? _probe;

    public PollyCircuit(CircuitNumbers numbers, TimeProvider time)
    {
        Numbers = numbers;
        _pipeline = new ResiliencePipelineBuilder<bool> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
            {
                FailureRatio = numbers.FailureRatio,
                SamplingDuration = numbers.SamplingDuration,
                MinimumThroughput = numbers.MinimumThroughput,
                BreakDuration = numbers.BreakDuration,
                ShouldHandle = static arguments => new(!arguments.Outcome.Result),
                StateProvider = _state,
            })
            .Build();
    }

    public CircuitNumbers Numbers { get; }

    public CircuitStatus Status => _state.CircuitState switch
    {
        CircuitState.Closed => CircuitStatus.Closed,
        CircuitState.HalfOpen => CircuitStatus.HalfOpen,
        _ => CircuitStatus.Open,
    };

    /// <summary>Counts the outcome of a request that ran while the circuit was closed.</summary>
    public void Report(bool success) => Run(success ? s_success : s_failure);

    /// <summary>Begins the one call that Polly lets through when the break is over; false while it is not.</summary>
    public bool TryBeginProbe_NeedsLock()
    {
        if (_probe is not null)
        {
            return true;
        }

        // Its continuations run inline, so that the state has changed when the probe has ended.
        var probe = new TaskCompletionSource<Outcome<bool>>();
        if (!Run(probe.Task))
        {
            return false;
        }

        _probe = probe;
        return true;
    }

    public void EndProbe_NeedsLock(bool success)
    {
        var probe = _probe;
        _probe = null;
        probe?.SetResult(Outcome.FromResult(success));
    }

    // False where Polly refuses to run it. Polly completes later than the state changes only to call hooks, and has none here.
    private bool Run(Task<Outcome<bool>> outcome)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, CancellationToken.None);
        var running = _pipeline.ExecuteOutcomeAsync(static (_, task) => new ValueTask<Outcome<bool>>(task), context, outcome);
        if (!running.IsCompletedSuccessfully)
        {
            _ = ReturnAsync(running, context);
            return true;
        }

        var ran = running.Result.Exception is null;
        ResilienceContextPool.Shared.Return(context);
        return ran;
    }

    private static async Task ReturnAsync(ValueTask<Outcome<bool>> running, ResilienceContext context)
    {
        await running;
        ResilienceContextPool.Shared.Return(context);
    }
}

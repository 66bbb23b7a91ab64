using Polly;
using Polly.CircuitBreaker;

namespace Herz.Resilience.CircuitBreaking.Rules;

/// <summary>
/// The sliding window of a Polly circuit breaker. It gets outcomes and does not wrap calls. Only its first opening is used:
/// <see cref="Circuit"/> handles the break and the probes. Polly reads the wall clock, so it gets a clock that follows
/// timestamps. Not thread-safe.
/// </summary>
internal sealed class PollyWindow
{
    private static readonly Task<Outcome<bool>> s_success = Task.FromResult(Outcome.FromResult(true));
    private static readonly Task<Outcome<bool>> s_failure = Task.FromResult(Outcome.FromResult(false));

    private readonly CircuitBreakerStateProvider _state = new();
    private readonly ResiliencePipeline<bool> _pipeline;
    private readonly Clock _clock;

    public PollyWindow(CircuitRules rules, double ratio, long frequency)
    {
        _clock = new Clock(frequency);
        _pipeline = new ResiliencePipelineBuilder<bool> { TimeProvider = _clock }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
            {
                FailureRatio = ratio,
                SamplingDuration = rules.Sampling,
                MinimumThroughput = rules.Throughput,
                ShouldHandle = static arguments => new(!arguments.Outcome.Result),
                StateProvider = _state,
            })
            .Build();
    }

    /// <summary>Counts an outcome.</summary>
    /// <returns>Whether the circuit must open.</returns>
    public bool Record(bool success, long now)
    {
        _clock.MoveTo(now);
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, CancellationToken.None);
        var running = _pipeline.ExecuteOutcomeAsync(static (_, task) => new ValueTask<Outcome<bool>>(task), context, success ? s_success : s_failure);
        if (running.IsCompleted)
        {
            ResilienceContextPool.Shared.Return(context);
        }

        // Otherwise Polly completes the call on its scheduler after the state change, and the garbage collector takes the context.
        return _state.CircuitState != CircuitState.Closed;
    }

    private sealed class Clock(long frequency) : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => frequency;

        public void MoveTo(long timestamp) => _ticks = Math.Max(_ticks, timestamp);

        public override long GetTimestamp() => _ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + TimeSpan.FromTicks((long)((double)_ticks / frequency * TimeSpan.TicksPerSecond));
    }
}

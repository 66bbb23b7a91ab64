using System.Collections.Concurrent;
using Polly;
using Polly.CircuitBreaker;

namespace Herz.Resilience.Benchmarks.Macro;

/// <summary>One Polly circuit breaker for each endpoint, with pooled contexts and no closures, to minimise its cost.</summary>
internal sealed class PollyBreakerMiddleware(RequestDelegate next)
{
    private readonly ConcurrentDictionary<string, ResiliencePipeline<int>> _pipelines = new(StringComparer.Ordinal);

    public async Task InvokeAsync(HttpContext context)
    {
        var pipeline = _pipelines.GetOrAdd(context.GetEndpoint()?.DisplayName ?? "", static _ => Create());
        var resilience = ResilienceContextPool.Shared.Get(context.RequestAborted);
        try
        {
            await pipeline.ExecuteAsync(
                static async (_, state) =>
                {
                    await state.Next(state.Context);
                    return state.Context.Response.StatusCode;
                },
                resilience,
                (Next: next, Context: context));
        }
        catch (BrokenCircuitException)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(resilience);
        }
    }

    private static ResiliencePipeline<int> Create() => new ResiliencePipelineBuilder<int>()
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<int>
        {
            FailureRatio = 0.05,
            SamplingDuration = TimeSpan.FromMinutes(1),
            MinimumThroughput = 20,
            BreakDuration = TimeSpan.FromSeconds(5),
            ShouldHandle = new PredicateBuilder<int>().Handle<Exception>().HandleResult(static status => status >= 500),
        })
        .Build();
}

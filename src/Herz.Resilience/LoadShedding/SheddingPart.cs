using Herz.Resilience.LoadShedding.Concurrency;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Refusals;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.LoadShedding;

/// <summary>The guard's data for one endpoint. Built once per configuration; the gate is kept.</summary>
internal sealed class SheddingPart
{
    private const int RetrySeconds = 3;

    private readonly Refusal[] _refusals;
    private int _next;

    public SheddingPart(PriorityPlan plan, EndpointGate gate, bool isExempt, RequestPriority priority)
    {
        Plan = plan;
        Gate = gate;
        IsExempt = isExempt;
        Priority = priority;
        _refusals = [.. Enumerable.Range(1, RetrySeconds).Select(seconds => Make(gate.Key, TimeSpan.FromSeconds(seconds)))];
    }

    public PriorityPlan Plan { get; }

    public EndpointGate Gate { get; }

    public bool IsExempt { get; }

    public RequestPriority Priority { get; }

    /// <summary>Successive refusals differ in Retry-After, so that clients do not all retry at the same time.</summary>
    public Refusal Refuse() => _refusals[(uint)Interlocked.Increment(ref _next) % RetrySeconds];

    private static Refusal Make(string rule, TimeSpan retryAfter) => new()
    {
        Guard = GuardPlace.LoadShedding.Name(),
        Rule = rule,
        StatusCode = StatusCodes.Status503ServiceUnavailable,
        Type = ProblemTypes.TemporaryReducedCapacity,
        Title = "The service is overloaded and cannot answer this request in time.",
        Detail = "Wait for the time in Retry-After before the next request.",
        RetryAfter = retryAfter,
    };
}

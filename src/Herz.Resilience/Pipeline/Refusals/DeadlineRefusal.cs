using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Pipeline.Refusals;

/// <summary>The answer to a request whose deadline passed before its answer started.</summary>
internal static class DeadlineRefusal
{
    public static Refusal Instance { get; } = new()
    {
        Guard = GuardPlace.Deadlines.Name(),
        Rule = "api",
        StatusCode = StatusCodes.Status504GatewayTimeout,
        Type = ProblemTypes.DeadlineExceeded,
        Title = "The request took longer than its deadline.",
    };
}

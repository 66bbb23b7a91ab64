using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace Herz.Resilience.RateLimiting;

/// <summary>
/// What the app's endpoints mean for a decision before routing. Where one is exempt from limits, every decision must
/// wait for routing; where there is no endpoint at all, none may wait. Looked up anew when the endpoints change.
/// </summary>
internal sealed class EndpointSurvey(IServiceProvider services)
{
    private volatile Answer? _answer;

    /// <summary>Whether some endpoint is exempt from limits.</summary>
    public bool HasExempt => Current.HasExempt;

    /// <summary>Whether the app has endpoints, so that a decision can wait for one.</summary>
    public bool HasEndpoints => Current.HasEndpoints;

    private Answer Current => _answer is { } answer && answer.Token is not { HasChanged: true } ? answer : Look();

    private Answer Look()
    {
        var source = services.GetService<EndpointDataSource>();
        var token = source?.GetChangeToken();
        var endpoints = source?.Endpoints ?? [];
        return _answer = new Answer(endpoints.Any(endpoint => LimitPlan.IsExempt(endpoint.Metadata)), endpoints.Count > 0, token);
    }

    private sealed record Answer(bool HasExempt, bool HasEndpoints, IChangeToken? Token);
}

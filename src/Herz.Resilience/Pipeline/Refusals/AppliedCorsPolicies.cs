using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Herz.Resilience.Pipeline.Refusals;

/// <summary>The CORS policies that the app has applied so far. A policy passed directly to the middleware cannot be found otherwise.</summary>
internal sealed class AppliedCorsPolicies
{
    private const int MaxPolicies = 16;
    private volatile CorsPolicy[] _policies = [];

    public IReadOnlyList<CorsPolicy> Policies => _policies;

    public void Add(CorsPolicy policy)
    {
        var known = _policies;
        if (known.Length < MaxPolicies && !known.Contains(policy))
        {
            // A policy lost in a race is added by the next request.
            _policies = [.. known, policy];
        }
    }
}

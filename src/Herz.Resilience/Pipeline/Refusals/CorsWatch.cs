using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Herz.Resilience.Pipeline.Refusals;

/// <summary>The CORS policies that the app has applied so far: a policy that is given to the middleware is found nowhere else.</summary>
internal sealed class CorsWatch
{
    private const int Most = 16;
    private volatile CorsPolicy[] _policies = [];

    public IReadOnlyList<CorsPolicy> Policies => _policies;

    public void See(CorsPolicy policy)
    {
        var known = _policies;
        if (known.Length < Most && !known.Contains(policy))
        {
            // One that is lost in a race is seen again.
            _policies = [.. known, policy];
        }
    }
}

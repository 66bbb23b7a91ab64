using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Herz.Resilience.Pipeline;

/// <summary>The endpoint feature of a request that Herz itself sends to the app: no guard runs, and it is not measured.</summary>
internal sealed class UnguardedRequest : IEndpointFeature
{
    public Endpoint? Endpoint { get; set; }
}

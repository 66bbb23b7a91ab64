using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Herz.Resilience.Pipeline;

/// <summary>The endpoint feature of a request that passes no guard and is not measured: one that we ask of the app ourselves.</summary>
internal sealed class UnguardedRequest : IEndpointFeature
{
    public Endpoint? Endpoint { get; set; }
}

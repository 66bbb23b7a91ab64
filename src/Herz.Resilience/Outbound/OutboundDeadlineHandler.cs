using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.Outbound;

/// <summary>
/// Ends an outgoing call when the request it is made for has no time left, or its client has gone, also where the
/// code forgot to pass the request's token on. gRPC clients made by the factory pass through it too.
/// </summary>
internal sealed class OutboundDeadlineHandler(Settings<OutboundOptions> settings) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var scope = RequestScope.Current;
        return settings.Mode != GuardMode.Enforce || scope is null || !scope.IsLimited || scope.Token == cancellationToken
            ? base.SendAsync(request, cancellationToken)
            : SendWithinAsync(request, scope, cancellationToken);
    }

    // Linked until the headers are here: a body that is still read has the token of its reader.
    private async Task<HttpResponseMessage> SendWithinAsync(HttpRequestMessage request, RequestScope scope, CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(scope.Token, cancellationToken);
        return await base.SendAsync(request, linked.Token);
    }
}

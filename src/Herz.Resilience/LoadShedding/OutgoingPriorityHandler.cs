using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LoadShedding;

/// <summary>
/// Tells a downstream service how much the request matters that a call is made for, in the header that is trusted here.
/// What the app itself has put there stays.
/// </summary>
internal sealed class OutgoingPriorityHandler(Settings<LoadSheddingOptions> settings) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Tell(request);
        return base.SendAsync(request, cancellationToken);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Tell(request);
        return base.Send(request, cancellationToken);
    }

    private void Tell(HttpRequestMessage request)
    {
        if (settings.Mode != EnforcementMode.Off
            && settings.Value.PriorityHeader is { } header
            && RequestScope.Current is { } scope
            && !request.Headers.Contains(header))
        {
            request.Headers.TryAddWithoutValidation(header, PriorityPlan.TextOf(scope.Priority));
        }
    }
}

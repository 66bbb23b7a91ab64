using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LoadShedding;

/// <summary>
/// Sends the priority of the current request with outgoing calls, in the configured header. A value that the app has set stays.
/// </summary>
internal sealed class OutgoingPriorityHandler(Settings<LoadSheddingOptions> settings) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        SetHeader(request);
        return base.SendAsync(request, cancellationToken);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        SetHeader(request);
        return base.Send(request, cancellationToken);
    }

    private void SetHeader(HttpRequestMessage request)
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

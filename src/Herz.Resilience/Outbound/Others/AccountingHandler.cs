using Herz.Resilience.Outbound.Handlers;

namespace Herz.Resilience.Outbound.Others;

/// <summary>
/// Counts the calls of a client that has a resilience handler of its own, for the budget of the dependency. It refuses and retries nothing:
/// two handlers that retry multiply the load.
/// </summary>
/// <param name="calls">The dependencies.</param>
internal sealed class AccountingHandler(GuardedCalls calls) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Count(request);
        return base.SendAsync(request, cancellationToken);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Count(request);
        return base.Send(request, cancellationToken);
    }

    private void Count(HttpRequestMessage request)
    {
        if (calls.Mode.Current != EnforcementMode.Off && request.RequestUri is { IsAbsoluteUri: true } uri)
        {
            calls.Begin(calls.Dependencies.Find(uri, GrpcCalls.Is(request)), request);
        }
    }
}

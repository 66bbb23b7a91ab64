using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Herz.Resilience.Deadlines.Framework;

/// <summary>
/// Stands before the framework's own feature, so that code which switches the timeout of a request off switches the deadline
/// off with it.
/// </summary>
internal sealed class FrameworkTimeoutLink(RequestScope scope, IHttpRequestTimeoutFeature inner) : IHttpRequestTimeoutFeature
{
    public CancellationToken RequestTimeoutToken => inner.RequestTimeoutToken;

    public void DisableTimeout()
    {
        inner.DisableTimeout();
        scope.Deadline = long.MaxValue;
    }
}

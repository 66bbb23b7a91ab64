using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Herz.Resilience.Deadlines.Framework;

/// <summary>
/// Wraps the framework's own feature: code that disables the timeout of a request also disables the deadline.
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

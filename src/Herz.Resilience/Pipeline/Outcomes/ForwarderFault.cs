using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Pipeline.Outcomes;

/// <summary>
/// Detects that YARP gave up a request because its token was cancelled: it answers with an empty 400, 502 or 504 and sets an error
/// feature. The feature is found by name, since the core does not depend on YARP.
/// </summary>
internal static class ForwarderFault
{
    private const string FeatureType = "Yarp.ReverseProxy.Forwarder.IForwarderErrorFeature";

    public static bool WasCancelled(HttpResponse response) =>
        response.StatusCode >= StatusCodes.Status400BadRequest
        && response.HttpContext.Features.Any(static feature => feature.Key.FullName == FeatureType);
}

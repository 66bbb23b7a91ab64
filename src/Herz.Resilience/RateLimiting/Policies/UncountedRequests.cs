using System.Collections.Concurrent;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Herz.Resilience.RateLimiting.Policies;

/// <summary>
/// The requests that policies without routes do not count: preflights, static assets (one web page may load hundreds) and
/// exempt endpoints. Before routing they are known only by their path.
/// </summary>
internal sealed class UncountedRequests(IServiceProvider services)
{
    private const int MaxPathBases = 16;

    private readonly IWebHostEnvironment? _environment = services.GetService<IWebHostEnvironment>();
    private readonly bool _hasCors = services.GetService<IServiceProviderIsService>()?.IsService(typeof(ICorsPolicyProvider)) == true;
    private readonly ConcurrentDictionary<PathString, bool> _pathBases = new();

    /// <summary>Whether the request is a CORS preflight, in an app with CORS.</summary>
    public bool IsPreflight(HttpRequest request) =>
        _hasCors && HttpMethods.IsOptions(request.Method) && request.Headers.Origin.Count > 0 && request.Headers.AccessControlRequestMethod.Count > 0;

    /// <summary>Whether middleware answered the request with a file.</summary>
    public static bool WasFile(HttpContext context) =>
        IsForFile(context.Request)
        && context.Response.StatusCode is StatusCodes.Status200OK or StatusCodes.Status206PartialContent or StatusCodes.Status304NotModified;

    /// <summary>Whether a request may be uncounted. If so, a policy does not refuse it on arrival, and its endpoint decides.</summary>
    public bool MayInclude(HttpContext context, EndpointSurvey.Facts survey)
    {
        var path = context.Request.Path;
        if (Matches(context, path, survey))
        {
            return true;
        }

        foreach (var (pathBase, _) in _pathBases)
        {
            if (path.StartsWithSegments(pathBase, out var rest) && Matches(context, rest, survey))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Records a path base that the app has removed from the path of a request: exempt paths below it are recognized too.</summary>
    public void AddPathBase(PathString pathBase)
    {
        if (pathBase.HasValue && _pathBases.Count < MaxPathBases)
        {
            _pathBases.TryAdd(pathBase, true);
        }
    }

    // Costs a look at the file system, so it runs only for requests that would be refused.
    private bool Matches(HttpContext context, PathString path, EndpointSurvey.Facts survey) =>
        survey.IsExempt(path)
        || (IsForFile(context.Request) && _environment?.WebRootFileProvider.GetFileInfo(path) is { Exists: true, IsDirectory: false });

    private static bool IsForFile(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && Path.HasExtension(request.Path.Value);
}

using System.Collections.Concurrent;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Herz.Resilience.RateLimiting.Policies;

/// <summary>
/// What policies without routes do not count: preflights and static assets, of which one page of a browser brings hundreds, and the
/// endpoints that are exempt. Before routing these are known by their path alone.
/// </summary>
internal sealed class Uncounted(IServiceProvider services)
{
    private const int MostPathBases = 16;

    private readonly IWebHostEnvironment? _environment = services.GetService<IWebHostEnvironment>();
    private readonly bool _hasCors = services.GetService<IServiceProviderIsService>()?.IsService(typeof(ICorsPolicyProvider)) == true;
    private readonly ConcurrentDictionary<PathString, bool> _pathBases = new();

    /// <summary>Whether a browser asks if it may send the real request, in an app that answers such questions.</summary>
    public bool IsPreflight(HttpRequest request) =>
        _hasCors && HttpMethods.IsOptions(request.Method) && request.Headers.Origin.Count > 0 && request.Headers.AccessControlRequestMethod.Count > 0;

    /// <summary>Whether the request turned out to be for a file that middleware served.</summary>
    public static bool WasFile(HttpContext context) =>
        IsForFile(context.Request)
        && context.Response.StatusCode is StatusCodes.Status200OK or StatusCodes.Status206PartialContent or StatusCodes.Status304NotModified;

    /// <summary>Whether a request that a policy would refuse on arrival may turn out to be uncounted, so that its endpoint decides.</summary>
    public bool MayBe(HttpContext context, EndpointSurvey.Answer survey)
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

    /// <summary>Notes a path base that the app has taken off the path of a request: exempt paths are looked for below it as well.</summary>
    public void See(PathString pathBase)
    {
        if (pathBase.HasValue && _pathBases.Count < MostPathBases)
        {
            _pathBases.TryAdd(pathBase, true);
        }
    }

    // The file system is asked only about what would be refused.
    private bool Matches(HttpContext context, PathString path, EndpointSurvey.Answer survey) =>
        survey.IsExempt(path)
        || (IsForFile(context.Request) && _environment?.WebRootFileProvider.GetFileInfo(path) is { Exists: true, IsDirectory: false });

    private static bool IsForFile(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && Path.HasExtension(request.Path.Value);
}

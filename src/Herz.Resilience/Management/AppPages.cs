using System.Collections.Concurrent;
using System.Collections.Frozen;
using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Herz.Resilience.Management;

/// <summary>
/// Which of our paths the app answers itself: its own page stays. An endpoint is known from the routes; whether a middleware answers is
/// known once it has been asked, on each port of the server.
/// </summary>
internal sealed class AppPages(IServiceProvider services, IEnumerable<ManagementPage> pages, ILogger<AppPages> logger)
{
    private const int MaxRemembered = 256;

    private readonly ConcurrentDictionary<(string Path, int Port), bool> _remembered = new();
    private volatile MappedPaths? _mapped;

    private MappedPaths Mapped => _mapped is { } mapped && mapped.Token is not { HasChanged: true } ? mapped : _mapped = MappedPaths.Read(services.GetService<EndpointDataSource>());

    /// <summary>Whether the app answers the path of a page itself; null where that is not known.</summary>
    public bool? Has(ManagementPage page, string path, HttpContext context)
    {
        if (page.PathKey is null)
        {
            return false;
        }

        return Mapped.Find(path) switch
        {
            MappedPath.Everywhere => true,
            MappedPath.OnSomeHosts => null,
            _ when page.IsMeant(context.Request) => false,
            _ when _remembered.TryGetValue((path, context.Connection.LocalPort), out var theirs) => theirs,
            _ => HttpMethods.IsGet(context.Request.Method) ? null : false,
        };
    }

    /// <summary>Judges what the app answered at the path of a page, and remembers it where the answer says enough.</summary>
    public bool Judge(ManagementPage page, string path, HttpContext context, ReadOnlySpan<byte> body)
    {
        var status = context.Response.StatusCode;
        if (Mapped.Find(path) != MappedPath.Nowhere)
        {
            // An endpoint for some hosts alone: the next request may be for another.
            return status != StatusCodes.Status404NotFound;
        }

        var theirs = page.IsTheApps(context.Response, body);
        if ((theirs || status is < 500 and not StatusCodes.Status429TooManyRequests)
            && _remembered.Count < MaxRemembered
            && _remembered.TryAdd((path, context.Connection.LocalPort), theirs))
        {
            Report(page, path, context.Response, theirs);
        }

        return theirs;
    }

    /// <summary>Reports the pages that the app maps itself, at start.</summary>
    public void ReportMapped()
    {
        foreach (var page in pages)
        {
            if (page is { PathKey: { } key, Path: { } path } && Mapped.Find(path) != MappedPath.Nowhere)
            {
                logger.AppAnswers(path, page.Title, key);
            }
        }
    }

    private void Report(ManagementPage page, string path, HttpResponse response, bool theirs)
    {
        if (theirs)
        {
            logger.AppAnswers(path, page.Title, page.PathKey!);
        }
        else if (response.StatusCode is >= 200 and < 300)
        {
            logger.AppAnswersToo(path, response.StatusCode, response.ContentType ?? "no content type", page.Title, page.PathKey!);
        }
    }

    private enum MappedPath
    {
        Nowhere,
        OnSomeHosts,
        Everywhere,
    }

    private sealed record MappedPaths(FrozenDictionary<string, MappedPath> Paths, IChangeToken? Token)
    {
        public static MappedPaths Read(EndpointDataSource? source)
        {
            var token = source?.GetChangeToken();
            var paths = (source?.Endpoints ?? []).OfType<RouteEndpoint>()
                .Where(static endpoint => endpoint.RoutePattern.Parameters.Count == 0 && AnswersGet(endpoint.Metadata))
                .GroupBy(static endpoint => RoutePatterns.Normalize(endpoint.RoutePattern.RawText), StringComparer.OrdinalIgnoreCase)
                .ToFrozenDictionary(
                    static endpoints => endpoints.Key,
                    static endpoints => endpoints.Any(static endpoint => endpoint.Metadata.GetMetadata<IHostMetadata>() is not { Hosts.Count: > 0 })
                        ? MappedPath.Everywhere
                        : MappedPath.OnSomeHosts,
                    StringComparer.OrdinalIgnoreCase);
            return new MappedPaths(paths, token);
        }

        public MappedPath Find(string path) => Paths.GetValueOrDefault(RoutePatterns.Normalize(path));

        private static bool AnswersGet(EndpointMetadataCollection metadata) =>
            metadata.GetMetadata<ISuppressMatchingMetadata>() is not { SuppressMatching: true }
            && (metadata.GetMetadata<IHttpMethodMetadata>() is not { HttpMethods: { Count: > 0 } methods } || methods.Any(HttpMethods.IsGet));
    }
}

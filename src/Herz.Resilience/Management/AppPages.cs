using System.Collections.Concurrent;
using Herz.Resilience.Pipeline.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Herz.Resilience.Management;

/// <summary>
/// Finds which of our paths the app answers itself; there the app's own page stays. Endpoints are known from the routes. Whether a
/// middleware answers is known after a trial request, separately for each port of the server.
/// </summary>
internal sealed class AppPages(IServiceProvider services, IEnumerable<ManagementPage> pages, ILogger<AppPages> logger)
{
    private const int MaxRemembered = 256;

    private readonly ConcurrentDictionary<(string Path, int Port), bool> _remembered = new();
    private volatile MappedPaths? _mapped;

    private MappedPaths Mapped => _mapped is { } mapped && mapped.Token is not { HasChanged: true } ? mapped : _mapped = MappedPaths.Read(services.GetService<EndpointDataSource>());

    /// <summary>Whether the app answers the path of a page itself; null if not yet known.</summary>
    public bool? Has(ManagementPage page, string path, HttpContext context)
    {
        if (page.PathKey is null)
        {
            return false;
        }

        return Mapped.Find(path, context.Request.Method) switch
        {
            MappedPath.Everywhere => true,
            MappedPath.OnSomeHosts => HttpMethods.IsGet(context.Request.Method) ? null : true,
            _ when page.IsForHerz(context.Request) => false,
            _ when _remembered.TryGetValue((path, context.Connection.LocalPort), out var byApp) => byApp,
            _ => HttpMethods.IsGet(context.Request.Method) ? null : false,
        };
    }

    /// <summary>Judges the app's answer at the path of a page, and remembers the result if it is conclusive.</summary>
    public bool Judge(ManagementPage page, string path, int port, PageAnswer answer, PageAnswer? control)
    {
        if (answer.Failed)
        {
            return false;
        }

        var has = answer.Status is not (StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed);
        if (Mapped.Find(path, HttpMethods.Get) != MappedPath.Nowhere)
        {
            // The endpoint is mapped only for some hosts: the next request may be for another host.
            return has;
        }

        var byApp = has && control is not null && (!answer.IsLike(control) || (!answer.IsSameAs(control) && page.IsSameKind(answer)));
        if ((byApp || answer.Status is < 500 and not StatusCodes.Status429TooManyRequests)
            && _remembered.Count < MaxRemembered
            && _remembered.TryAdd((path, port), byApp)
            && byApp)
        {
            logger.AppAnswers(path, page.Title, page.PathKey!);
        }

        return byApp;
    }

    /// <summary>At start, logs the pages that the app maps itself.</summary>
    public void ReportMapped()
    {
        foreach (var page in pages)
        {
            if (page is { PathKey: { } key, Path: { } path } && Mapped.Find(path, HttpMethods.Get) != MappedPath.Nowhere)
            {
                logger.AppAnswers(path, page.Title, key);
            }
        }
    }

    private enum MappedPath
    {
        Nowhere,
        OnSomeHosts,
        Everywhere,
    }

    private sealed record MappedPaths(ILookup<string, EndpointMetadataCollection> Paths, IChangeToken? Token)
    {
        public static MappedPaths Read(EndpointDataSource? source)
        {
            var token = source?.GetChangeToken();
            return new MappedPaths(
                (source?.Endpoints ?? []).OfType<RouteEndpoint>()
                .Where(static endpoint => endpoint.RoutePattern.Parameters.Count == 0 && endpoint.Metadata.GetMetadata<ISuppressMatchingMetadata>() is not { SuppressMatching: true })
                .ToLookup(static endpoint => RoutePatterns.Normalize(endpoint.RoutePattern.RawText), static endpoint => endpoint.Metadata, StringComparer.OrdinalIgnoreCase),
                token);
        }

        public MappedPath Find(string path, string method)
        {
            var found = MappedPath.Nowhere;
            foreach (var metadata in Paths[RoutePatterns.Normalize(path)])
            {
                if (Answers(metadata, method))
                {
                    if (metadata.GetMetadata<IHostMetadata>() is not { Hosts.Count: > 0 })
                    {
                        return MappedPath.Everywhere;
                    }

                    found = MappedPath.OnSomeHosts;
                }
            }

            return found;
        }

        private static bool Answers(EndpointMetadataCollection metadata, string method) =>
            metadata.GetMetadata<IHttpMethodMetadata>() is not { HttpMethods: { Count: > 0 } methods } || methods.Contains(method, StringComparer.OrdinalIgnoreCase);
    }
}

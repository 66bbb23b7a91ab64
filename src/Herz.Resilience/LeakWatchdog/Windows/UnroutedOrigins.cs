using System.Collections.Frozen;
using Herz.Resilience.Origins;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>The origins of requests without an endpoint, or not yet at one: one for each method of RFC 9110, and one for all others.</summary>
internal sealed class UnroutedOrigins(OriginRegistry origins)
{
    private const string Unrouted = " (no endpoint)";
    private const string Other = "other methods" + Unrouted;

    private static readonly string[] s_methods =
    [
        HttpMethods.Get, HttpMethods.Post, HttpMethods.Put, HttpMethods.Delete, HttpMethods.Head, HttpMethods.Patch, HttpMethods.Options,
        HttpMethods.Connect, HttpMethods.Trace,
    ];

    private readonly FrozenDictionary<string, OriginSource> _byMethod =
        s_methods.ToFrozenDictionary(static method => method, method => origins.Of(method + Unrouted, OriginKind.Endpoint), StringComparer.Ordinal);

    public OriginSource Of(string method, OriginKind kind) =>
        !_byMethod.TryGetValue(method, out var source) ? origins.Of(Other, kind)
        : kind == OriginKind.Endpoint ? source
        : origins.Of(source.Label, kind);
}

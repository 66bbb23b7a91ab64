using Herz.Resilience.PendingWork;

namespace Herz.Resilience.LeakWatchdog.Captures;

/// <summary>Finds the app's own method in a call stack.</summary>
internal static class AppFrame
{
    // The name prefix of the objects of async methods.
    private const string Async = "async ";

    private static readonly string[] s_framework = ["System.", "Microsoft."];

    /// <summary>The namespaces of this library. An app may add others under <c>Herz.Resilience</c>.</summary>
    public static IReadOnlyList<string> Namespaces { get; } =
    [
        "BackgroundWork", "CircuitBreaking", "Configuration", "Deadlines", "Health", "Hosting", "LeakWatchdog", "LoadShedding",
        "Management", "Metrics", "Origins", "Outbound", "PendingWork", "Pipeline", "RateLimiting",
    ];

    // Every healthy connection and request has some of these; their work is counted by its endpoint.
    private static readonly string[] s_server =
    [
        "Microsoft.AspNetCore.",
        .. Namespaces.Select(static name => $"Herz.Resilience.{name}."),
    ];

    // The server runs the work of a lasting connection or session outside of any request: it ends when its client leaves.
    private static readonly string[] s_connections =
        ["Microsoft.AspNetCore.Http.Connections.", "Microsoft.AspNetCore.SignalR.", "Microsoft.AspNetCore.Components.Server.", "ModelContextProtocol."];

    private static readonly string[] s_own = [.. Namespaces.Select(static name => $"Herz.Resilience.{name}.")];

    /// <summary>Whether a method or type belongs to the framework. Language types, such as <c>string</c>, start with a lowercase letter.</summary>
    public static bool IsFramework(string name)
    {
        var own = name.StartsWith(Async, StringComparison.Ordinal) ? name[Async.Length..] : name;
        return (own is [>= 'a' and <= 'z', ..] && !own.Contains('.')) || Array.Exists(s_framework, prefix => own.StartsWith(prefix, StringComparison.Ordinal));
    }

    /// <summary>Whether a method, or the target of a timer or registration, belongs to the server or to this library.</summary>
    public static bool IsServerOwned(string name)
    {
        var of = name.IndexOf(" of ", StringComparison.Ordinal);
        var own = of >= 0 ? name[(of + 4)..] : name.StartsWith(Async, StringComparison.Ordinal) ? name[Async.Length..] : name;
        return Array.Exists(s_server, prefix => own.StartsWith(prefix, StringComparison.Ordinal));
    }

    /// <summary>
    /// Whether an operation is work of a lasting connection or session, such as a SignalR connection over long polling, which outlives
    /// its requests; or a timer or registration of the server. Their number follows the connected clients.
    /// </summary>
    public static bool IsOfConnection(in PendingOperation operation)
    {
        if (operation.Kind is PendingKind.Timer or PendingKind.Registration)
        {
            return IsServerOwned(operation.Method);
        }

        for (var frame = operation.Stack; frame is not null; frame = frame.Caller)
        {
            if (Array.Exists(s_connections, prefix => frame.Method.StartsWith(prefix, StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The innermost method that belongs neither to the framework nor to this library, and the operation that it awaits. If there is
    /// none, the innermost one.
    /// </summary>
    public static (string Method, string Awaits) Of(in PendingOperation operation)
    {
        var awaits = operation.Awaits;
        for (var frame = operation.Stack; frame is not null; frame = frame.Caller)
        {
            if (!IsFramework(frame.Method) && !Array.Exists(s_own, prefix => frame.Method.StartsWith(prefix, StringComparison.Ordinal)))
            {
                return (frame.Method, awaits);
            }

            awaits = frame.Method;
        }

        return (operation.Method, operation.Awaits);
    }
}

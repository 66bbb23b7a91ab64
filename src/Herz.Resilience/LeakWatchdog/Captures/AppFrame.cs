using Herz.Resilience.PendingWork;

namespace Herz.Resilience.LeakWatchdog.Captures;

/// <summary>Finds in a call stack the method that its reader wrote.</summary>
internal static class AppFrame
{
    // How the objects of async methods are called.
    private const string Async = "async ";

    private static readonly string[] s_framework = ["System.", "Microsoft."];

    /// <summary>The namespaces of this library; an app may have others beside them.</summary>
    public static IReadOnlyList<string> Namespaces { get; } =
    [
        "BackgroundWork", "CircuitBreaking", "Configuration", "Deadlines", "Health", "Hosting", "LeakWatchdog", "LoadShedding",
        "Management", "Metrics", "Origins", "Outbound", "PendingWork", "Pipeline", "RateLimiting",
    ];

    // One or more for each connection or request, however healthy: what they stand for is counted by its endpoint.
    private static readonly string[] s_server =
    [
        "Microsoft.AspNetCore.",
        .. Namespaces.Select(static name => $"Herz.Resilience.{name}."),
    ];

    /// <summary>Whether a method or a type is not the reader's own; types of the language, such as <c>string</c>, have small letters.</summary>
    public static bool IsFramework(string name)
    {
        var own = name.StartsWith(Async, StringComparison.Ordinal) ? name[Async.Length..] : name;
        return (own is [>= 'a' and <= 'z', ..] && !own.Contains('.')) || Array.Exists(s_framework, prefix => own.StartsWith(prefix, StringComparison.Ordinal));
    }

    /// <summary>Whether a method, or what a timer or a registration is of, is the server's or our own.</summary>
    public static bool IsServers(string name)
    {
        var of = name.IndexOf(" of ", StringComparison.Ordinal);
        var own = of >= 0 ? name[(of + 4)..] : name.StartsWith(Async, StringComparison.Ordinal) ? name[Async.Length..] : name;
        return Array.Exists(s_server, prefix => own.StartsWith(prefix, StringComparison.Ordinal));
    }

    /// <summary>
    /// The innermost method that is not the framework's, and what it waits for; where all are the framework's, the
    /// innermost of them.
    /// </summary>
    public static (string Method, string Awaits) Of(in PendingOperation operation)
    {
        var awaits = operation.Awaits;
        for (var frame = operation.Stack; frame is not null; frame = frame.Caller)
        {
            if (!IsFramework(frame.Method))
            {
                return (frame.Method, awaits);
            }

            awaits = frame.Method;
        }

        return (operation.Method, operation.Awaits);
    }
}

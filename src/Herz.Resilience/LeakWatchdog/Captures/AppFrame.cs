using Herz.Resilience.PendingWork;

namespace Herz.Resilience.LeakWatchdog.Captures;

/// <summary>Finds in a call stack the method that its reader wrote.</summary>
internal static class AppFrame
{
    private static readonly string[] s_framework = ["System.", "Microsoft."];

    /// <summary>
    /// The innermost method that is not the framework's, and what it waits for; where all are the framework's, the
    /// innermost of them.
    /// </summary>
    public static (string Method, string Awaits) Of(in PendingOperation operation)
    {
        var awaits = operation.Awaits;
        for (var frame = operation.Stack; frame is not null; frame = frame.Caller)
        {
            if (!Array.Exists(s_framework, prefix => frame.Method.StartsWith(prefix, StringComparison.Ordinal)))
            {
                return (frame.Method, awaits);
            }

            awaits = frame.Method;
        }

        return (operation.Method, operation.Awaits);
    }
}

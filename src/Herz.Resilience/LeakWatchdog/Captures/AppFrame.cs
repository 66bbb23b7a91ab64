using Herz.Resilience.PendingWork;

namespace Herz.Resilience.LeakWatchdog.Captures;

/// <summary>Finds in a call stack the method that its reader wrote.</summary>
internal static class AppFrame
{
    private static readonly string[] s_framework = ["System.", "Microsoft."];

    /// <summary>Whether a method or a type is not the reader's own; types of the language, such as <c>string</c>, have small letters.</summary>
    public static bool IsFramework(string name) => (name is [>= 'a' and <= 'z', ..] && !name.Contains('.')) || Array.Exists(s_framework, prefix => name.StartsWith(prefix, StringComparison.Ordinal));

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

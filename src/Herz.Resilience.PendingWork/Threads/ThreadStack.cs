using System.Reflection;
using Herz.Resilience.PendingWork.Naming;

namespace Herz.Resilience.PendingWork.Threads;

/// <summary>Converts the methods on the stack of a blocked thread to source names: the call that waits, and its callers.</summary>
internal static class ThreadStack
{
    private const string PoolThread = "a pool thread";
    private const string DedicatedThread = "a dedicated thread";

    // Internal framework methods, with the public call that leads to them.
    private static readonly Dictionary<string, string> s_calls = new(StringComparer.Ordinal)
    {
        ["TaskAwaiter.HandleNonSuccessAndDebuggerNotification"] = "Task.Wait",
        ["Task.InternalWait"] = "Task.Wait",
        ["Task<TResult>.GetResultCore"] = "Task.Result",
        ["Monitor.Enter_Slowpath"] = "lock",
        ["Monitor.Enter"] = "lock",
        ["Lock.EnterAndGetCurrentThreadId"] = "lock",
        ["Lock.EnterScope"] = "lock",
        ["WaitHandle.WaitOneNoCheck"] = "WaitHandle.WaitOne",
        ["SemaphoreSlim.WaitCore"] = "SemaphoreSlim.Wait",
    };

    /// <summary>The operation of a thread; null if the thread only runs framework code.</summary>
    /// <param name="methods">The managed methods on its stack, the innermost first.</param>
    /// <param name="stacks">The stack table of the profile.</param>
    public static PendingOperation? Describe(IReadOnlyList<MethodBase> methods, PendingStackTable stacks)
    {
        var isPool = methods.Any(static m => m.DeclaringType?.FullName?.StartsWith("System.Threading.PortableThreadPool", StringComparison.Ordinal) == true);
        var app = methods.Where(static m => !IsFramework(m)).ToArray();
        if (app.Length == 0 && !IsWorking(methods))
        {
            return null;
        }

        var awaits = Awaited(methods);
        var stack = stacks.Get(isPool ? PoolThread : DedicatedThread, null);
        for (var i = app.Length - 1; i >= 0; i--)
        {
            stack = stacks.Get(MethodNames.Of(app[i]), stack);
        }

        return new PendingOperation(PendingKind.BlockedThread, stack, awaits, PendingState.Awaiting);
    }

    /// <summary>The framework method that app code called.</summary>
    private static string Awaited(IReadOnlyList<MethodBase> methods)
    {
        var call = "a native call";
        foreach (var method in methods)
        {
            if (!IsFramework(method) || IsDispatch(method))
            {
                break;
            }

            call = $"{TypeNames.Declaring(method.DeclaringType, withNamespace: false)}.{method.Name}";
        }

        return s_calls.GetValueOrDefault(call, call);
    }

    // An idle worker waits outside of the dispatch.
    private static bool IsWorking(IReadOnlyList<MethodBase> methods) => methods.Count > 0 && !IsDispatch(methods[0]) && methods.Any(IsDispatch);

    private static bool IsDispatch(MethodBase method) =>
        method.DeclaringType?.FullName is "System.Threading.ThreadPoolWorkQueue" or "System.Threading.ExecutionContext";

    private static bool IsFramework(MethodBase method) =>
        method.Module.Assembly.GetName().Name is { } name
        && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal));
}

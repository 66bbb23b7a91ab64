using System.Reflection;
using Herz.Resilience.PendingWork.Naming;

namespace Herz.Resilience.PendingWork.Threads;

/// <summary>Makes of the methods on a waiting thread's stack what its author wrote: the call that waits, and the methods that led to it.</summary>
internal static class ThreadStack
{
    private const string PoolThread = "a thread of the pool";
    private const string OwnThread = "a thread of its own";

    // What the framework's compiler left of a call, by what its author calls it.
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

    /// <summary>The operation of a thread; null where the thread only serves the framework.</summary>
    /// <param name="methods">The managed methods on its stack, the innermost first.</param>
    /// <param name="stacks">The stacks of the profile.</param>
    public static PendingOperation? Describe(IReadOnlyList<MethodBase> methods, PendingStackTable stacks)
    {
        var isPool = methods.Any(static m => m.DeclaringType?.FullName?.StartsWith("System.Threading.PortableThreadPool", StringComparison.Ordinal) == true);
        var own = methods.Where(static m => !IsFramework(m)).ToArray();
        if (own.Length == 0 && !IsWorking(methods))
        {
            return null;
        }

        var awaits = Awaited(methods);
        var stack = stacks.Get(isPool ? PoolThread : OwnThread, null);
        for (var i = own.Length - 1; i >= 0; i--)
        {
            stack = stacks.Get(MethodNames.Of(own[i]), stack);
        }

        return new PendingOperation(PendingKind.BlockedThread, stack, awaits, PendingState.Awaiting);
    }

    /// <summary>The outermost call of the framework before its author's own code.</summary>
    private static string Awaited(IReadOnlyList<MethodBase> methods)
    {
        var call = "a call out of managed code";
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

    // A worker without work waits outside of the dispatch.
    private static bool IsWorking(IReadOnlyList<MethodBase> methods) => methods.Count > 0 && !IsDispatch(methods[0]) && methods.Any(IsDispatch);

    private static bool IsDispatch(MethodBase method) =>
        method.DeclaringType?.FullName is "System.Threading.ThreadPoolWorkQueue" or "System.Threading.ExecutionContext";

    private static bool IsFramework(MethodBase method) =>
        method.Module.Assembly.GetName().Name is { } name
        && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal));
}

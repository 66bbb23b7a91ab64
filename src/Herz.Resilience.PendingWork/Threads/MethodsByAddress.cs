using System.Diagnostics;
using System.Reflection;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Threads;

/// <summary>
/// Resolves a return address to its method through the runtime, like stack traces of exceptions. Only return addresses are
/// allowed: an address in precompiled code that never ran terminates the process.
/// </summary>
internal sealed class MethodsByAddress
{
    private readonly Func<nint, MethodBase?> _find;

    /// <exception cref="UnsupportedRuntimeException">This framework cannot resolve addresses to methods.</exception>
    public MethodsByAddress()
    {
        const string Name = "GetMethodFromNativeIP";
        var method = typeof(StackFrame).GetMethod(Name, BindingFlags.Static | BindingFlags.NonPublic, [typeof(nint)]);
        _find = method?.ReturnType == typeof(MethodBase)
            ? method.CreateDelegate<Func<nint, MethodBase?>>()
            : throw new UnsupportedRuntimeException($"StackFrame.{Name} is missing: this framework version is not supported");
    }

    /// <summary>The method of a return address; null if it is not managed code.</summary>
    public MethodBase? Of(ulong returnAddress) => _find((nint)(returnAddress - 1));
}

using System.Diagnostics;
using System.Reflection;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Threads;

/// <summary>
/// Asks the runtime which method a return address leads back to, as its own stack traces of exceptions do. It must be asked
/// for nothing else: an address in precompiled code that never ran ends the process.
/// </summary>
internal sealed class MethodsByAddress
{
    private readonly Func<nint, MethodBase?> _find;

    /// <exception cref="UnknownRuntimeException">This framework does not tell.</exception>
    public MethodsByAddress()
    {
        const string Name = "GetMethodFromNativeIP";
        var method = typeof(StackFrame).GetMethod(Name, BindingFlags.Static | BindingFlags.NonPublic, [typeof(nint)]);
        _find = method?.ReturnType == typeof(MethodBase)
            ? method.CreateDelegate<Func<nint, MethodBase?>>()
            : throw new UnknownRuntimeException($"StackFrame.{Name} is missing: this framework is not known");
    }

    /// <summary>The method that a return address leads back to; null where it is none of managed code.</summary>
    public MethodBase? Of(ulong returnAddress) => _find((nint)(returnAddress - 1));
}

using System.Runtime.InteropServices;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Memory;

/// <summary>What the twin needs: the C library's functions and its limits. It is in shared memory, so that the twin can report its progress.</summary>
internal unsafe struct TwinOrders
{
    public delegate*<int, nuint, nuint, nuint, nuint, int> Control;
    public delegate*<int> NewSession;
    public delegate*<int> ParentId;
    public delegate*<long, long, long, long, long, long, long, long> SystemCall;
    public delegate*<int, int> Close;
    public delegate*<void*, nuint, int, int> Poll;
    public delegate*<int, void> Exit;

    /// <summary>The parent, as the twin sees it.</summary>
    public int Parent;

    /// <summary>The number of checks of the parent after which the twin ends in any case.</summary>
    public int Checks;

    /// <summary>The number of descriptors to close one by one; 0 if the kernel can unshare the table.</summary>
    public int Descriptors;

    /// <summary>Set by the twin when it holds no descriptor any more.</summary>
    public int IsReady;

    /// <exception cref="UnsupportedRuntimeException">The C library lacks a function.</exception>
    public static void FindFunctions(TwinOrders* orders)
    {
        if (!NativeLibrary.TryLoad("libc", typeof(Libc).Assembly, null, out var library))
        {
            throw new UnsupportedRuntimeException("the C library cannot be loaded");
        }

        orders->Control = (delegate*<int, nuint, nuint, nuint, nuint, int>)Find(library, "prctl");
        orders->NewSession = (delegate*<int>)Find(library, "setsid");
        orders->ParentId = (delegate*<int>)Find(library, "getppid");
        orders->SystemCall = (delegate*<long, long, long, long, long, long, long, long>)Find(library, "syscall");
        orders->Close = (delegate*<int, int>)Find(library, "close");
        orders->Poll = (delegate*<void*, nuint, int, int>)Find(library, "poll");
        orders->Exit = (delegate*<int, void>)Find(library, "_exit");
    }

    /// <summary>Whether the kernel knows close_range(2) and no filter forbids it. The range is above every possible descriptor.</summary>
    public static bool CanUnshare(TwinOrders* orders) => orders->SystemCall(RuntimeFacts.CloseRange, uint.MaxValue, uint.MaxValue, 0, 0, 0, 0) == 0;

    private static nint Find(nint library, string name) => NativeLibrary.TryGetExport(library, name, out var function)
        ? function
        : throw new UnsupportedRuntimeException($"the C library does not export {name}");
}

using System.Runtime.CompilerServices;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Memory;

/// <summary>
/// The code of the twin. The runtime does not work in the twin: it has no other threads, and a lock may be taken for ever. So this
/// method allocates nothing, uses no statics, and calls the C library through managed function pointers, which have the calling
/// convention of C on Linux and need no help of the runtime. Full optimization means that it is compiled once, before the twin exists.
/// </summary>
internal static unsafe class Twin
{
    private const int CheckMilliseconds = 250;

    /// <summary>The number of checks in a span of time.</summary>
    public static int Checks(TimeSpan time) => (int)Math.Ceiling(time.TotalMilliseconds / CheckMilliseconds);

    /// <summary>The address of the compiled code.</summary>
    public static nint Compile()
    {
        // The first call compiles the method, and the second one goes through the entry that the twin will use.
        delegate*<TwinOrders*, int> run = &Run;
        _ = run(null) + run(null);
        return (nint)run;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Run(TwinOrders* orders)
    {
        if (orders == null)
        {
            return 0;
        }

        // The kernel ends the twin with its parent. If the parent ended before this call, its id has changed.
        orders->Control(RuntimeFacts.ParentDeathSignal, RuntimeFacts.KillSignal, 0, 0, 0);
        orders->NewSession();
        if (orders->Descriptors == 0)
        {
            if (orders->SystemCall(RuntimeFacts.CloseRange, 0, uint.MaxValue, RuntimeFacts.Unshare, 0, 0, 0) != 0)
            {
                orders->Exit(1);
            }
        }
        else
        {
            for (var descriptor = 0; descriptor < orders->Descriptors; descriptor++)
            {
                orders->Close(descriptor);
            }
        }

        orders->IsReady = 1;
        for (var check = 0; check < orders->Checks && orders->ParentId() == orders->Parent; check++)
        {
            orders->Poll(null, 0, CheckMilliseconds);
        }

        orders->Exit(0);
        return 0;
    }
}

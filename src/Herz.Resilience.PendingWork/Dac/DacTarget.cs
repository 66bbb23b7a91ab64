using System.Runtime.InteropServices;
using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Dac;

/// <summary>
/// The callbacks of the data access library: machine type, runtime address and memory. A handwritten COM object
/// (<c>ICLRDataTarget</c> and <c>ICLRRuntimeLocator</c>, dotnet/runtime: inc/clrdata.idl), which avoids a dependency.
/// </summary>
internal static unsafe class DacTarget
{
    private const int Done = 0;
    private const int Failed = unchecked((int)0x8000_4005);
    private const int NoInterface = unchecked((int)0x8000_4002);

    private static readonly Guid s_unknown = new("00000000-0000-0000-C000-000000000046");
    private static readonly Guid s_dataTarget = new("3E11CCEE-D08B-43e5-AF01-32717A64DA03");
    private static readonly Guid s_locator = new("b760bf44-9377-4597-8be7-58083bdc5146");

    private static ulong s_runtime;

    // The library calls back on the calling thread.
    [ThreadStatic]
    private static ProcessMemory? t_memory;

    /// <summary>The address of the object. Object and library live as long as the process.</summary>
    private static nint s_target;

    private static nint s_runtimeLocator;

    /// <summary>Returns the address of the object for the runtime at <paramref name="runtimeBase"/>.</summary>
    public static nint For(ulong runtimeBase)
    {
        s_runtime = runtimeBase;
        if (s_target == 0)
        {
            s_runtimeLocator = Object(
                (nint)(delegate* unmanaged<nint, ulong*, int>)&RuntimeBase);
            s_target = Object(
                (nint)(delegate* unmanaged<nint, int*, int>)&MachineType,
                (nint)(delegate* unmanaged<nint, int*, int>)&PointerSize,
                (nint)(delegate* unmanaged<nint, nint, ulong*, int>)&ImageBase,
                (nint)(delegate* unmanaged<nint, ulong, byte*, uint, uint*, int>)&ReadVirtual,
                (nint)(delegate* unmanaged<nint, ulong, byte*, uint, uint*, int>)&RefuseWrite,
                (nint)(delegate* unmanaged<nint, uint, uint, ulong*, int>)&RefuseGetTls,
                (nint)(delegate* unmanaged<nint, uint, uint, ulong, int>)&RefuseSetTls,
                (nint)(delegate* unmanaged<nint, uint*, int>)&RefuseCurrentThread,
                (nint)(delegate* unmanaged<nint, uint, uint, uint, byte*, int>)&RefuseGetContext,
                (nint)(delegate* unmanaged<nint, uint, uint, byte*, int>)&RefuseSetContext,
                (nint)(delegate* unmanaged<nint, uint, uint, byte*, uint, byte*, int>)&RefuseRequest);
        }

        return s_target;
    }

    /// <summary>Sets the memory that the library reads when this thread calls it; null afterwards.</summary>
    public static void SetMemory(ProcessMemory? memory) => t_memory = memory;

    private static nint Object(params ReadOnlySpan<nint> methods)
    {
        var table = (nint*)NativeMemory.AllocZeroed((nuint)methods.Length + 3, (nuint)sizeof(nint));
        table[0] = (nint)(delegate* unmanaged<nint, Guid*, nint*, int>)&QueryInterface;
        table[1] = table[2] = (nint)(delegate* unmanaged<nint, uint>)&CountReference;
        methods.CopyTo(new Span<nint>(table + 3, methods.Length));
        var instance = (nint*)NativeMemory.Alloc((nuint)sizeof(nint));
        *instance = (nint)table;
        return (nint)instance;
    }

    [UnmanagedCallersOnly]
    private static int QueryInterface(nint self, Guid* wanted, nint* found)
    {
        *found = *wanted == s_dataTarget || *wanted == s_unknown ? s_target : *wanted == s_locator ? s_runtimeLocator : 0;
        return *found == 0 ? NoInterface : Done;
    }

    [UnmanagedCallersOnly]
    private static uint CountReference(nint self) => 1;

    [UnmanagedCallersOnly]
    private static int MachineType(nint self, int* machine)
    {
        *machine = RuntimeFacts.ImageMachine;
        return Done;
    }

    [UnmanagedCallersOnly]
    private static int PointerSize(nint self, int* size)
    {
        *size = sizeof(nint);
        return Done;
    }

    [UnmanagedCallersOnly]
    private static int ImageBase(nint self, nint path, ulong* address)
    {
        *address = s_runtime;
        return Done;
    }

    [UnmanagedCallersOnly]
    private static int RuntimeBase(nint self, ulong* address)
    {
        *address = s_runtime;
        return Done;
    }

    [UnmanagedCallersOnly]
    private static int ReadVirtual(nint self, ulong address, byte* into, uint count, uint* done)
    {
        *done = t_memory is { } memory && count <= int.MaxValue ? (uint)memory.Read(address, into, (int)count) : 0;
        return *done > 0 ? Done : Failed;
    }

    [UnmanagedCallersOnly]
    private static int RefuseWrite(nint self, ulong address, byte* from, uint count, uint* done) => Failed;

    [UnmanagedCallersOnly]
    private static int RefuseGetTls(nint self, uint thread, uint index, ulong* value) => Failed;

    [UnmanagedCallersOnly]
    private static int RefuseSetTls(nint self, uint thread, uint index, ulong value) => Failed;

    [UnmanagedCallersOnly]
    private static int RefuseCurrentThread(nint self, uint* thread)
    {
        *thread = 0;
        return Failed;
    }

    [UnmanagedCallersOnly]
    private static int RefuseGetContext(nint self, uint thread, uint flags, uint size, byte* context) => Failed;

    [UnmanagedCallersOnly]
    private static int RefuseSetContext(nint self, uint thread, uint size, byte* context) => Failed;

    [UnmanagedCallersOnly]
    private static int RefuseRequest(nint self, uint code, uint inSize, byte* input, uint outSize, byte* output) => Failed;
}

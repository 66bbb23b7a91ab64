using System.Runtime.InteropServices;

namespace Herz.Resilience.PendingWork.Runtime;

/// <summary>
/// All values that depend on the machine, the kernel or the runtime and that are not published.
/// Tested on Linux x64 with .NET 10. The values for arm64 come from the headers of the kernel and the runtime, and are tested
/// under emulation only.
/// </summary>
internal static class RuntimeFacts
{
    /// <summary>No memory is mapped below this address (vm.mmap_min_addr).</summary>
    public const ulong LowestAddress = 0x10000;

    /// <summary>The end of user space with four-level page tables, on x64 and arm64.</summary>
    public const ulong HighestAddress = 0x0000_8000_0000_0000;

    /// <summary>The low bits of an object's method table pointer, which the garbage collector uses for marking.</summary>
    public const ulong MarkBits = 7;

    /// <summary>The flag in <c>MethodTable.MTFlags</c> of types with elements; the low 16 bits hold the element size.</summary>
    public const uint HasComponents = 0x8000_0000;

    /// <summary>The first bit of the type number in <c>MethodTable.MTFlags2</c>; arrays have no type number (runtime: vm/methodtable.h).</summary>
    public const int TypeNumberShift = 8;

    /// <summary>The low bit of <c>MethodTable.EEClassOrCanonMT</c> that distinguishes a canonical method table from a class.</summary>
    public const ulong CanonicalTag = 1;

    /// <summary>The position and the bits of the field offset in a FieldDesc (runtime: vm/field.h, m_dwOffset).</summary>
    public const int FieldDescOffset = 12;

    /// <inheritdoc cref="FieldDescOffset"/>
    public const uint FieldDescMask = 0x7FF_FFFF;

    /// <summary>clone(2): the child shares the file descriptor table until it unshares it, so no descriptor is ever duplicated.</summary>
    public const int CloneFiles = 0x400;

    /// <summary>waitpid(2): waits for a child that was created without an exit signal.</summary>
    public const int WaitClone = unchecked((int)0x8000_0000);

    /// <summary>kill(2): SIGKILL.</summary>
    public const int KillSignal = 9;

    /// <summary>close_range(2), the same number on every architecture; Linux 5.9.</summary>
    public const long CloseRange = 436;

    /// <summary>close_range(2): the caller gets a descriptor table of its own first, without the descriptors of the range.</summary>
    public const uint Unshare = 2;

    /// <summary>prctl(2), PR_SET_PDEATHSIG: the signal that the kernel sends to this process when its parent ends.</summary>
    public const int ParentDeathSignal = 1;

    /// <summary>sigprocmask(2): SIG_SETMASK.</summary>
    public const int SetMask = 2;

    /// <summary>signal(7): SIGILL, SIGBUS, SIGFPE and SIGSEGV, which the runtime needs in every thread; bit 0 is signal 1.</summary>
    public const ulong FaultSignals = (1ul << 3) | (1ul << 6) | (1ul << 7) | (1ul << 10);

    /// <summary>mmap(2): PROT_READ | PROT_WRITE.</summary>
    public const int ReadWrite = 3;

    /// <summary>mmap(2): MAP_SHARED | MAP_ANONYMOUS.</summary>
    public const int SharedAnonymous = 0x21;

    /// <summary>clock_gettime(2): CLOCK_THREAD_CPUTIME_ID.</summary>
    public const int ThreadCpuClock = 3;

    /// <summary>The bits of <c>Task.m_stateFlags</c> (runtime: Task.cs).</summary>
    public const int TaskStarted = 0x1_0000;

    /// <inheritdoc cref="TaskStarted"/>
    public const int TaskInvoked = 0x2_0000;

    /// <inheritdoc cref="TaskStarted"/>
    public const int TaskEnded = 0x160_0000;

    /// <summary>The framework class with the helpers of runtime-async (runtime: AsyncHelpers.CoreCLR.cs).</summary>
    public const string AsyncHelpers = "System.Runtime.CompilerServices.AsyncHelpers";

    /// <summary>The references of .NET 10 from a resume stub's resolver to the IL (runtime: vm/dynamicmethod.h, ILStubResolver).</summary>
    public const int CompileStateOfResolver = 8;

    /// <inheritdoc cref="CompileStateOfResolver"/>
    public const int StubOfResolver = 16;

    /// <inheritdoc cref="CompileStateOfResolver"/>
    public const int CodeOfCompileState = 16;

    /// <summary>Whether every call puts its return address on the stack, also without a frame.</summary>
    public static bool ReturnsByStack => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>The machine type for the runtime's data access library (IMAGE_FILE_MACHINE_*).</summary>
    public static int ImageMachine => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0xAA64 : 0x8664;

    /// <summary>The reason why this process cannot be read; null if it is supported.</summary>
    public static string? UnsupportedReason()
    {
        if (!OperatingSystem.IsLinux())
        {
            return $"needs /proc/self/mem of Linux; this is {RuntimeInformation.OSDescription}";
        }

        return RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64
            ? null
            : $"the object layout on {RuntimeInformation.ProcessArchitecture} is not supported; x64 and arm64 are";
    }
}

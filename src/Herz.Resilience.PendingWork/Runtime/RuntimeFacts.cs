using System.Runtime.InteropServices;

namespace Herz.Resilience.PendingWork.Runtime;

/// <summary>
/// Every number that depends on the machine, the kernel or the runtime and that nothing publishes.
/// Tried on Linux x64 with .NET 10. The values for arm64 come from the kernel's and the runtime's headers, and were tried under
/// emulation alone.
/// </summary>
internal static class RuntimeFacts
{
    /// <summary>Below this address nothing is ever mapped (vm.mmap_min_addr).</summary>
    public const ulong LowestAddress = 0x10000;

    /// <summary>The end of user space with four-level page tables, on both machines.</summary>
    public const ulong HighestAddress = 0x0000_8000_0000_0000;

    /// <summary>Low bits of an object's method table pointer that the collector borrows while it marks.</summary>
    public const ulong MarkBits = 7;

    /// <summary>Set in <c>MethodTable.MTFlags</c> where objects have elements; the element size is in the low 16 bits.</summary>
    public const uint HasComponents = 0x8000_0000;

    /// <summary>From which bit on <c>MethodTable.MTFlags2</c> holds the number of the type in its module; arrays have none (runtime: vm/methodtable.h).</summary>
    public const int TypeNumberShift = 8;

    /// <summary>The low bit of <c>MethodTable.EEClassOrCanonMT</c> that tells a canonical method table from a class.</summary>
    public const ulong CanonicalTag = 1;

    /// <summary>Where a FieldDesc holds the field's offset, and in which bits (runtime: vm/field.h, m_dwOffset).</summary>
    public const int FieldDescOffset = 12;

    /// <inheritdoc cref="FieldDescOffset"/>
    public const uint FieldDescMask = 0x7FF_FFFF;

    /// <summary>clone(2): the child shares the table of file descriptors, so that it holds none open by itself.</summary>
    public const int CloneFiles = 0x400;

    /// <summary>waitpid(2): a child that was made without an exit signal.</summary>
    public const int WaitClone = unchecked((int)0x8000_0000);

    /// <summary>kill(2): SIGKILL.</summary>
    public const int KillSignal = 9;

    /// <summary>The bits of <c>Task.m_stateFlags</c> (runtime: Task.cs).</summary>
    public const int TaskStarted = 0x1_0000;

    /// <inheritdoc cref="TaskStarted"/>
    public const int TaskInvoked = 0x2_0000;

    /// <inheritdoc cref="TaskStarted"/>
    public const int TaskEnded = 0x160_0000;

    /// <summary>Whether a call leaves its return address on the stack wherever it stands, and not in the frame alone.</summary>
    public static bool ReturnsByStack => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>The machine as the runtime's data access library names it (IMAGE_FILE_MACHINE_*).</summary>
    public static int ImageMachine => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0xAA64 : 0x8664;

    /// <summary>Why this process is none that can be read; null where it may be.</summary>
    public static string? WhyUnknown()
    {
        if (!OperatingSystem.IsLinux())
        {
            return $"reads /proc/self/mem, which {RuntimeInformation.OSDescription} does not have: off on anything but Linux";
        }

        return RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64
            ? null
            : $"the layout of objects on {RuntimeInformation.ProcessArchitecture} is not known; x64 and arm64 are";
    }
}

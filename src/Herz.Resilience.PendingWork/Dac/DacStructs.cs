using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Herz.Resilience.PendingWork.Dac;

// The results of the data access library (dotnet/runtime: inc/dacprivate.h, DacpGcHeapData and the structs next to it).
#pragma warning disable CS0649

[StructLayout(LayoutKind.Sequential)]
internal struct HeapData
{
    public int IsServer;
    public int AreStructuresValid;
    public int HeapCount;
    public int MaxGeneration;
}

[StructLayout(LayoutKind.Sequential)]
internal struct GenerationData
{
    public ulong StartSegment;
    public ulong AllocationStart;
    public ulong AllocationPointer;
    public ulong AllocationLimit;
}

/// <summary>The description of a method. The low bytes of the flags are not used.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MethodData
{
    public int HasNativeCode;
    public int IsDynamic;
    public ushort Slot;
    public ulong NativeCode;
    public ulong NativeCodeSlot;
    public ulong Method;
    public ulong Table;
    public ulong Module;
    public uint Token;

    // Data on recompilation, which is not used.
    public Spare Rest;
}

[InlineArray(4)]
internal struct GenerationTable
{
    private GenerationData _first;
}

[InlineArray(32)]
internal struct Spare
{
    private ulong _first;
}

[StructLayout(LayoutKind.Sequential)]
internal struct HeapDetails
{
    public ulong Heap;
    public ulong AllocatedEnd;
    public ulong MarkArray;
    public ulong BackgroundState;
    public ulong NextSweep;
    public ulong SavedSegment;
    public ulong SavedStart;
    public ulong SavedLowest;
    public ulong SavedHighest;
    public GenerationTable Generations;

    // The finalization queue and the card table, which are not used.
    public Spare Rest;
}

[StructLayout(LayoutKind.Sequential)]
internal struct SegmentData
{
    /// <summary>The flag of frozen segments, which hold literals.</summary>
    public const ulong ReadOnly = 1;

    public ulong Segment;
    public ulong Allocated;
    public ulong Committed;
    public ulong Reserved;
    public ulong Used;
    public ulong Memory;
    public ulong Next;
    public ulong Heap;
    public ulong HighAllocatedMark;
    public ulong Flags;
    public ulong BackgroundAllocated;

    // Space for fields that a later runtime may append.
    private ulong _spare1;
    private ulong _spare2;
}

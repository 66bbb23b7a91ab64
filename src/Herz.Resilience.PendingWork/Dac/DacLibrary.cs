using System.Globalization;
using System.Runtime.InteropServices;
using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Dac;

/// <summary>
/// The data access library of the runtime, used only to find the regions of the garbage collector and the methods of code
/// addresses. It does not validate addresses of objects, so it never gets one.
/// </summary>
internal sealed unsafe class DacLibrary
{
    // The interfaces and their slots are frozen (dotnet/runtime: inc/sospriv.idl, inc/xclrdata.idl).
    private static readonly Guid s_process = new("5c552ab6-fc09-4cb3-8e36-22fa03c798b7");
    private static readonly Guid s_sos = new("436f00f2-b42a-4b9f-870c-e73db66ae930");

    private const int Release = 2;
    private const int GetHeapData = 46;
    private const int GetHeapList = 47;
    private const int GetHeapDetails = 48;
    private const int GetStaticHeapDetails = 49;
    private const int GetSegmentData = 50;

    private const int OutOfMemory = unchecked((int)0x8007_000E);

    // The generation after the last one holds large objects.
    private const int LargeObjects = 3;

    private const int MaxHeaps = 1024;
    private const int MaxRegions = 1 << 20;

    private readonly nint _createInstance;
    private readonly nint _target;

    /// <exception cref="UnsupportedRuntimeException">The library cannot be loaded.</exception>
    public DacLibrary(RuntimeFiles files)
    {
        if (!NativeLibrary.TryLoad(files.DataAccess, out var library) || !NativeLibrary.TryGetExport(library, "CLRDataCreateInstance", out _createInstance))
        {
            throw new UnsupportedRuntimeException($"the runtime's data access library cannot be loaded: {files.DataAccess}");
        }

        // The library expects this call from the Windows loader; the Linux loader does not make it.
        if (NativeLibrary.TryGetExport(library, "DllMain", out var main))
        {
            const int ProcessAttach = 1;
            ((delegate* unmanaged<nint, int, nint, int>)main)(library, ProcessAttach, 0);
        }

        _target = DacTarget.For(files.BaseAddress);
    }

    /// <summary>Returns the regions of the heap in <paramref name="memory"/>.</summary>
    /// <exception cref="UnsupportedRuntimeException">The library does not match this runtime, or the collector does not use regions.</exception>
    public HeapView View(ProcessMemory memory)
    {
        var (process, sos) = Open(memory);
        DacTarget.SetMemory(memory);
        try
        {
            return View(sos);
        }
        finally
        {
            Free(sos);
            Free(process);
            DacTarget.SetMemory(null);
        }
    }

    /// <summary>Returns a reader of the methods in <paramref name="memory"/>, which must outlive it.</summary>
    /// <exception cref="UnsupportedRuntimeException">The library does not match this runtime.</exception>
    public DacMethods Methods(ProcessMemory memory)
    {
        var (process, sos) = Open(memory);
        return new DacMethods(memory, process, sos);
    }

    private (nint Process, nint Sos) Open(ProcessMemory memory)
    {
        nint process = 0;
        nint sos = 0;
        DacTarget.SetMemory(memory);
        try
        {
            fixed (Guid* processId = &s_process, sosId = &s_sos)
            {
                Check(((delegate* unmanaged<Guid*, nint, nint*, int>)_createInstance)(processId, _target, &process), "CLRDataCreateInstance");
                Check(((delegate* unmanaged<nint, Guid*, nint*, int>)Slot(process, 0))(process, sosId, &sos), "ISOSDacInterface");
            }

            return (process, sos);
        }
        catch
        {
            Free(process);
            throw;
        }
        finally
        {
            DacTarget.SetMemory(null);
        }
    }

    private static HeapView View(nint sos)
    {
        HeapData data;
        Check(((delegate* unmanaged<nint, HeapData*, int>)Slot(sos, GetHeapData))(sos, &data), "GetGCHeapData");
        if (data.HeapCount is < 0 or > MaxHeaps || data.MaxGeneration != 2)
        {
            throw new UnsupportedRuntimeException($"the garbage collector reports {data.HeapCount} heaps and maximum generation {data.MaxGeneration}; supported are 0 to {MaxHeaps} heaps and maximum generation 2");
        }

        var regions = new List<HeapRegion>();
        var large = new List<HeapRegion>();
        if (data.IsServer != 0)
        {
            var heaps = stackalloc ulong[MaxHeaps];
            int needed;
            Check(((delegate* unmanaged<nint, int, ulong*, int*, int>)Slot(sos, GetHeapList))(sos, data.HeapCount, heaps, &needed), "GetGCHeapList");
            for (var i = 0; i < data.HeapCount; i++)
            {
                HeapDetails details;
                Check(((delegate* unmanaged<nint, ulong, HeapDetails*, int>)Slot(sos, GetHeapDetails))(sos, heaps[i], &details), "GetGCHeapDetails");
                Add(sos, details, regions, large);
            }
        }
        else
        {
            HeapDetails details;
            Check(((delegate* unmanaged<nint, HeapDetails*, int>)Slot(sos, GetStaticHeapDetails))(sos, &details), "GetGCHeapStaticData");
            Add(sos, details, regions, large);
        }

        return new HeapView(regions, large, data.AreStructuresValid != 0);
    }

    private static void Add(nint sos, in HeapDetails details, List<HeapRegion> regions, List<HeapRegion> large)
    {
        if (details.Generations[0].StartSegment == details.Generations[1].StartSegment)
        {
            throw new UnsupportedRuntimeException("the garbage collector uses segments instead of regions (clrgc), which is not supported");
        }

        for (var generation = 1; generation <= LargeObjects; generation++)
        {
            var into = generation == LargeObjects ? large : regions;
            var address = details.Generations[generation].StartSegment;
            while (address != 0)
            {
                SegmentData segment;
                Check(((delegate* unmanaged<nint, ulong, SegmentData*, int>)Slot(sos, GetSegmentData))(sos, address, &segment), "GetHeapSegmentData");
                if ((segment.Flags & SegmentData.ReadOnly) == 0 && segment.Allocated > segment.Memory)
                {
                    into.Add(new HeapRegion(segment.Memory, segment.Allocated));
                }

                address = into.Count < MaxRegions ? segment.Next : throw new UnsupportedRuntimeException($"the garbage collector's list of regions has more than {MaxRegions} entries");
            }
        }
    }

    internal static nint Slot(nint instance, int slot) => (*(nint**)instance)[slot];

    internal static void Free(nint instance)
    {
        if (instance != 0)
        {
            ((delegate* unmanaged<nint, uint>)Slot(instance, Release))(instance);
        }
    }

    private static void Check(int result, string call)
    {
        if (result == OutOfMemory)
        {
            throw new InsufficientMemoryException($"{call} ran out of memory");
        }

        if (result != 0)
        {
            throw new UnsupportedRuntimeException(string.Create(
                CultureInfo.InvariantCulture, $"{call} in the runtime's data access library failed with 0x{result:X8}"));
        }
    }
}

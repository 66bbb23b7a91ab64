using Herz.Resilience.PendingWork.Memory;

namespace Herz.Resilience.PendingWork.Dac;

/// <summary>
/// Looks up code addresses in the runtime's tables. An address that is not code is an error and no fault. The library does not
/// validate a method description, so it gets only those that it returned. An instance caches memory, so it is valid for one capture.
/// </summary>
internal sealed unsafe class DacMethods : IDisposable
{
    private const int GetMethodData = 20;
    private const int GetMethodOfCode = 21;

    private readonly ProcessMemory _memory;
    private readonly nint _process;
    private readonly nint _sos;

    internal DacMethods(ProcessMemory memory, nint process, nint sos)
    {
        _memory = memory;
        _process = process;
        _sos = sos;
    }

    /// <summary>The method description of compiled code; 0 if it is not code of a method.</summary>
    public ulong OfCode(ulong address)
    {
        ulong method;
        DacTarget.SetMemory(_memory);
        var result = ((delegate* unmanaged<nint, ulong, ulong*, int>)DacLibrary.Slot(_sos, GetMethodOfCode))(_sos, address, &method);
        DacTarget.SetMemory(null);
        return result == 0 ? method : 0;
    }

    /// <summary>Reads a method description that <see cref="OfCode"/> returned.</summary>
    public bool TryDescribe(ulong method, out MethodData data)
    {
        DacTarget.SetMemory(_memory);
        int result;
        fixed (MethodData* into = &data)
        {
            result = ((delegate* unmanaged<nint, ulong, ulong, MethodData*, uint, nint, uint*, int>)DacLibrary.Slot(_sos, GetMethodData))(_sos, method, 0, into, 0, 0, null);
        }

        DacTarget.SetMemory(null);
        return result == 0;
    }

    public void Dispose()
    {
        DacTarget.SetMemory(_memory);
        DacLibrary.Free(_sos);
        DacLibrary.Free(_process);
        DacTarget.SetMemory(null);
    }
}

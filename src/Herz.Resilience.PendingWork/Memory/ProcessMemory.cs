using System.Buffers.Binary;
using System.Globalization;
using Herz.Resilience.PendingWork.Runtime;
using Microsoft.Win32.SafeHandles;

namespace Herz.Resilience.PendingWork.Memory;

/// <summary>
/// The memory of a process, read through its memory file. For an unmapped address the kernel returns an error and raises no
/// fault, so every address is safe.
/// </summary>
internal sealed unsafe class ProcessMemory : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly int _descriptor;

    private ProcessMemory(SafeFileHandle file)
    {
        _file = file;
        _descriptor = (int)file.DangerousGetHandle();
    }

    /// <exception cref="UnsupportedRuntimeException">The file cannot be opened.</exception>
    public static ProcessMemory Open(int? processId = null)
    {
        var path = processId is { } id ? string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/mem") : "/proc/self/mem";
        try
        {
            return new ProcessMemory(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnsupportedRuntimeException($"{path} cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads up to <paramref name="count"/> bytes and returns their number; 0 if the address is not mapped.</summary>
    public int Read(ulong address, byte* into, int count)
    {
        if (address < RuntimeFacts.LowestAddress || address >= RuntimeFacts.HighestAddress - (ulong)count)
        {
            return 0;
        }

        var read = Libc.Read(_descriptor, into, count, (nint)address);
        return read < 0 ? 0 : (int)read;
    }

    /// <summary>Fills <paramref name="into"/>; false if this fails.</summary>
    public bool TryRead(ulong address, Span<byte> into)
    {
        fixed (byte* start = into)
        {
            return Read(address, start, into.Length) == into.Length;
        }
    }

    /// <summary>Reads the word at <paramref name="address"/>; 0 and false if it is not mapped.</summary>
    public bool TryReadWord(ulong address, out ulong word)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        var done = TryRead(address, bytes);
        word = done ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
        return done;
    }

    /// <summary>The word at <paramref name="address"/>; 0 if it is not mapped.</summary>
    public ulong ReadWord(ulong address) => TryReadWord(address, out var word) ? word : 0;

    public void Dispose() => _file.Dispose();
}

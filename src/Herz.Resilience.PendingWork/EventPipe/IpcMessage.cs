using System.Buffers.Binary;
using System.Text;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>
/// The messages of the runtime's diagnostics protocol for a heap snapshot
/// (https://github.com/dotnet/diagnostics/blob/main/documentation/design-docs/ipc-protocol.md).
/// </summary>
internal static class IpcMessage
{
    public const int HeaderSize = 20;

    private const byte EventPipeCommands = 2;
    private const byte StopTracing = 1;
    private const byte CollectTracing = 4;
    private const byte ServerCommands = 0xFF;
    private const int NetTraceFormat = 1;
    private const string RuntimeProvider = "Microsoft-Windows-DotNETRuntime";

    // GC | Type | GCHeapDump | GCHeapCollect | GCHeapAndTypeNames; the heap dump has the informational level.
    private const ulong HeapSnapshotKeywords = 0x198_0001;
    private const int Informational = 4;

    private static ReadOnlySpan<byte> Magic => "DOTNET_IPC_V1\0"u8;

    /// <summary>Creates the command for a heap snapshot without rundown and without stacks (CollectTracing3).</summary>
    /// <param name="bufferMegabytes">The buffer size of the runtime.</param>
    public static byte[] CollectHeap(int bufferMegabytes)
    {
        var message = Begin();
        Append(message, (uint)bufferMegabytes);
        Append(message, NetTraceFormat);
        message.Add(0);
        message.Add(0);
        Append(message, 1u);
        Append(message, HeapSnapshotKeywords);
        Append(message, Informational);
        Append(message, RuntimeProvider);
        Append(message, 0u);
        return End(message, CollectTracing);
    }

    public static byte[] Stop(ulong session)
    {
        var message = Begin();
        Append(message, session);
        return End(message, StopTracing);
    }

    /// <summary>The number of bytes after the header of a response.</summary>
    /// <exception cref="DiagnosticsUnavailableException">The header is not a response header.</exception>
    public static int ResponseSize(ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderSize || !header.StartsWith(Magic) || header[16] != ServerCommands)
        {
            throw new DiagnosticsUnavailableException("the diagnostics port responded in an unknown protocol; DOTNET_IPC_V1 is supported");
        }

        return Math.Max(0, BinaryPrimitives.ReadUInt16LittleEndian(header[14..]) - HeaderSize);
    }

    /// <summary>The session id in a response.</summary>
    /// <exception cref="DiagnosticsUnavailableException">The response is an error.</exception>
    public static ulong Session(ReadOnlySpan<byte> header, ReadOnlySpan<byte> response)
    {
        if (header[17] == 0 && response.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64LittleEndian(response);
        }

        var code = response.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(response) : 0;
        throw new DiagnosticsUnavailableException($"the runtime did not start the heap snapshot: error 0x{code:X8}");
    }

    private static List<byte> Begin() => [.. Magic, 0, 0, EventPipeCommands, 0, 0, 0];

    private static byte[] End(List<byte> message, byte command)
    {
        var bytes = message.ToArray();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(14), (ushort)bytes.Length);
        bytes[17] = command;
        return bytes;
    }

    private static void Append(List<byte> message, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        message.AddRange(bytes);
    }

    private static void Append(List<byte> message, ulong value)
    {
        Append(message, (uint)value);
        Append(message, (uint)(value >> 32));
    }

    private static void Append(List<byte> message, string text)
    {
        Append(message, (uint)text.Length + 1);
        message.AddRange(Encoding.Unicode.GetBytes(text + '\0'));
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>
/// The few messages of the runtime's diagnostics protocol that a heap snapshot needs
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

    // GC | Type | GCHeapDump | GCHeapCollect | GCHeapAndTypeNames; the dump is of the informational level.
    private const ulong HeapSnapshotKeywords = 0x198_0001;
    private const int Informational = 4;

    private static ReadOnlySpan<byte> Magic => "DOTNET_IPC_V1\0"u8;

    /// <summary>Asks for a heap snapshot, without a rundown and without stacks (the third form of the command).</summary>
    /// <param name="bufferMegabytes">How much the runtime may buffer.</param>
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

    /// <summary>The bytes that follow the header of an answer.</summary>
    /// <exception cref="DiagnosticsUnavailableException">It is no answer.</exception>
    public static int AnswerSize(ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderSize || !header.StartsWith(Magic) || header[16] != ServerCommands)
        {
            throw new DiagnosticsUnavailableException("the diagnostics port answered in a protocol that is not known");
        }

        return Math.Max(0, BinaryPrimitives.ReadUInt16LittleEndian(header[14..]) - HeaderSize);
    }

    /// <summary>The number of the session that an answer tells of.</summary>
    /// <exception cref="DiagnosticsUnavailableException">The answer is a refusal.</exception>
    public static ulong Session(ReadOnlySpan<byte> header, ReadOnlySpan<byte> answer)
    {
        if (header[17] == 0 && answer.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64LittleEndian(answer);
        }

        var code = answer.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(answer) : 0;
        throw new DiagnosticsUnavailableException($"the runtime refused to start a heap snapshot (0x{code:X8})");
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

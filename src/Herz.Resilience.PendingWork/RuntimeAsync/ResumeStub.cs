using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.RuntimeAsync;

/// <summary>
/// The stub through which .NET 10 resumes a method (dotnet/runtime: jitinterface.cpp, getAsyncResumptionStub). It is named after
/// the method, and calls it through a slot with the address of its code. The slot is in the stub's IL until the stub is
/// compiled on the first resume, and then in its machine code.
/// </summary>
internal sealed class ResumeStub(ContractDescriptor contract)
{
    private const string NamePrefix = "IL_STUB_AsyncResume_";
    private const int MaxName = 256;
    private const int MaxCode = 256;
    private const int MaxInstruction = 10;

    // IL: ldc.i8 <slot>, ldind.i.
    private const byte LoadLong = 0x21;
    private const byte LoadIndirect = 0x4D;

    // x64: mov r64, [rip + <distance of the slot>] or mov r64, <slot>.
    private const int MoveSize = 7;
    private const byte WidePrefix = 0x48;
    private const byte MoveFromMemory = 0x8B;
    private const byte MoveImmediate = 0xB8;
    private const byte OfInstructionPointer = 0x05;
    private const byte HighRegisters = 5;
    private const byte Registers = 0x38;

    private const int JumpSize = 6;

    private readonly int _name = contract.Offset("DynamicMethodDesc", "MethodName");

    private static ReadOnlySpan<byte> Jump => [0xFF, 0x25];

    private static ReadOnlySpan<byte> MoveDescription => [0x4C, 0x8B, 0x15];

    /// <summary>
    /// Finds the method description of the stub at an entry point, and its machine code, 0 if it is not compiled. The entry point is
    /// <c>jmp [target]; mov r10, [description]</c>, and the target is the next instruction until the stub is compiled
    /// (runtime: vm/precode.h, FixupPrecode).
    /// </summary>
    public static bool TryFind(ProcessMemory memory, ulong entry, out ulong stub, out ulong compiled)
    {
        Span<byte> code = stackalloc byte[JumpSize + MoveSize];
        stub = compiled = 0;
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !memory.TryRead(entry, code)
            || !code.StartsWith(Jump) || !code[JumpSize..].StartsWith(MoveDescription))
        {
            return false;
        }

        var next = entry + JumpSize;
        var target = memory.ReadWord(next + (ulong)BinaryPrimitives.ReadInt32LittleEndian(code[2..]));
        stub = memory.ReadWord(next + MoveSize + (ulong)BinaryPrimitives.ReadInt32LittleEndian(code[(JumpSize + 3)..]));
        compiled = target == next ? 0 : target;
        return stub != 0;
    }

    /// <summary>The name of the method that the stub resumes; null if it is not such a stub.</summary>
    public string? MethodName(ProcessMemory memory, ulong stub)
    {
        Span<byte> text = stackalloc byte[MaxName];
        var address = memory.ReadWord(stub + (ulong)_name);
        var length = 0;
        while (length < MaxName && memory.TryRead(address + (ulong)length, text.Slice(length, 1)) && text[length] != 0)
        {
            length++;
        }

        var name = Encoding.UTF8.GetString(text[..length]);
        var tier = name.LastIndexOf('_');
        return name.StartsWith(NamePrefix, StringComparison.Ordinal) && tier >= NamePrefix.Length ? name[NamePrefix.Length..tier] : null;
    }

    /// <summary>The addresses that may be the code of the method. The caller must check them.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="stub">The stub.</param>
    /// <param name="compiled">The machine code of the stub; 0 if it is not compiled.</param>
    public IEnumerable<ulong> PossibleCode(ProcessMemory memory, ulong stub, ulong compiled)
    {
        var code = new byte[MaxCode];
        var length = Read(memory, compiled != 0 ? compiled : IntermediateCode(memory, stub), code);
        for (var i = 0; i + MaxInstruction <= length; i++)
        {
            var slot = compiled == 0 ? SlotInIntermediateCode(code.AsSpan(i)) : SlotInMachineCode(code.AsSpan(i), compiled + (ulong)i);
            if (slot != 0 && memory.TryReadWord(slot, out var address))
            {
                yield return address;
            }
        }
    }

    // The resolver of the stub points back to it, and to its IL while it is not compiled.
    private ulong IntermediateCode(ProcessMemory memory, ulong stub)
    {
        var resolver = memory.ReadWord(stub + (ulong)(_name + sizeof(ulong)));
        return memory.ReadWord(resolver + RuntimeFacts.StubOfResolver) == stub
            ? memory.ReadWord(memory.ReadWord(resolver + RuntimeFacts.CompileStateOfResolver) + RuntimeFacts.CodeOfCompileState)
            : 0;
    }

    private static ulong SlotInIntermediateCode(ReadOnlySpan<byte> code) =>
        code[0] == LoadLong && code[1 + sizeof(ulong)] == LoadIndirect ? BinaryPrimitives.ReadUInt64LittleEndian(code[1..]) : 0;

    private static ulong SlotInMachineCode(ReadOnlySpan<byte> code, ulong address)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || (code[0] & ~HighRegisters) != WidePrefix)
        {
            return 0;
        }

        if (code[1] == MoveFromMemory && (code[2] & ~Registers) == OfInstructionPointer)
        {
            return address + MoveSize + (ulong)BinaryPrimitives.ReadInt32LittleEndian(code[3..]);
        }

        return (code[1] & ~7) == MoveImmediate ? BinaryPrimitives.ReadUInt64LittleEndian(code[2..]) : 0;
    }

    // The end of the code is unknown, and the page after it may not be mapped.
    private static unsafe int Read(ProcessMemory memory, ulong address, byte[] into)
    {
        fixed (byte* start = into)
        {
            return address == 0 ? 0 : memory.Read(address, start, into.Length);
        }
    }
}

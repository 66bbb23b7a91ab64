using System.Diagnostics;
using System.Reflection;
using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Threads;

/// <summary>Asks the runtime which method an address of code belongs to, as its own stack traces of exceptions do.</summary>
internal sealed class MethodsByAddress
{
    private const int LargestMethod = 1 << 20;
    private const int SmallestCall = 2;
    private const int LargestCall = 7;
    private const byte PushFramePointer = 0x55;

    private readonly Func<nint, MethodBase?> _find;
    private readonly Dictionary<ulong, bool> _frameless = [];

    /// <exception cref="UnknownRuntimeException">This framework does not tell.</exception>
    public MethodsByAddress()
    {
        const string Name = "GetMethodFromNativeIP";
        var method = typeof(StackFrame).GetMethod(Name, BindingFlags.Static | BindingFlags.NonPublic, [typeof(nint)]);
        _find = method?.ReturnType == typeof(MethodBase)
            ? method.CreateDelegate<Func<nint, MethodBase?>>()
            : throw new UnknownRuntimeException($"StackFrame.{Name} is missing: this framework is not known");
    }

    /// <summary>The method that a return address leads back to; null where it is none of managed code.</summary>
    public MethodBase? Of(ulong returnAddress) => _find((nint)(returnAddress - 1));

    /// <summary>Whether the method goes without a frame pointer of its own, so that the frame of its caller is not in the chain.</summary>
    public bool IsFrameless(ProcessMemory memory, ulong returnAddress)
    {
        if (!RuntimeFacts.MayLackFrames)
        {
            return false;
        }

        if (!_frameless.TryGetValue(returnAddress, out var frameless))
        {
            frameless = Of(returnAddress) is { } method && (byte)memory.ReadWord(StartOf(method, returnAddress)) != PushFramePointer;
            _frameless.Add(returnAddress, frameless);
        }

        return frameless;
    }

    /// <summary>Whether a word is an address of managed code that stands right behind a call.</summary>
    public bool IsReturn(ProcessMemory memory, CodeRanges code, ulong word) => code.IsCode(word) && IsBehindCall(memory, word) && Of(word) is not null;

    // The first byte that belongs to the same method: methods lie one after another.
    private ulong StartOf(MethodBase method, ulong inside)
    {
        ulong low = 1;
        while (low < LargestMethod && method.Equals(_find((nint)(inside - low))))
        {
            low *= 2;
        }

        var (outside, within) = (inside - low, inside - (low / 2));
        while (within - outside > 1)
        {
            var middle = outside + ((within - outside) / 2);
            (outside, within) = method.Equals(_find((nint)middle)) ? (outside, middle) : (middle, within);
        }

        return within;
    }

    /// <summary>Whether the bytes before an address are one of the forms of an x64 call: E8, or FF with 2 in the middle bits of what follows.</summary>
    private static bool IsBehindCall(ProcessMemory memory, ulong address)
    {
        Span<byte> before = stackalloc byte[LargestCall];
        if (!memory.TryRead(address - LargestCall, before))
        {
            return false;
        }

        if (before[LargestCall - 5] == 0xE8)
        {
            return true;
        }

        for (var length = SmallestCall; length <= LargestCall; length++)
        {
            var at = LargestCall - length;
            if (before[at] == 0xFF && (before[at + 1] & 0x38) == 0x10)
            {
                return true;
            }
        }

        return false;
    }
}

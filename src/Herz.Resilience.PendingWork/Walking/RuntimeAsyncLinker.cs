using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;
using Herz.Resilience.PendingWork.RuntimeAsync;

namespace Herz.Resilience.PendingWork.Walking;

/// <summary>
/// Links the methods of each runtime-async task. The task holds the innermost continuation of a chain while it waits, and each
/// continuation refers to that of its caller. The methods are the operations; the task and the framework's helpers are not.
/// </summary>
internal sealed class RuntimeAsyncLinker(
    ProcessMemory memory,
    TypeTable types,
    NativeList<Found> found,
    AddressMap index,
    Names names,
    ContinuationFields fields,
    ResumePoints points,
    OriginReader origins,
    int delegateTarget,
    WalkGuard guard)
{
    private const int MaxReferences = 64;
    private const ulong MaxSource = 256;

    // The runtime stores the execution context in one of the first words after the fields.
    private const int MaxContextWords = 3;

    private readonly ulong _context = (ulong)typeof(ExecutionContext).TypeHandle.Value;
    private readonly ulong[] _references = new ulong[MaxReferences];

    public void Link()
    {
        for (var i = 0; i < found.Count && guard.MayContinueLoop(); i++)
        {
            if (types[found[i].Type].IsRuntimeAsync)
            {
                LinkTask(ref found[i]);
            }
        }
    }

    private void LinkTask(ref Found task)
    {
        var address = task.Context;
        task.Context = 0;
        task.Kind = PendingKind.AsyncMethod;
        ulong awaited = 0;
        var origin = -1;
        var inner = -1;
        while (index.TryGet(address, out var number) && IsUnlinked(found[number]))
        {
            ref var at = ref found[number];
            var frame = points.Of(at.Code);
            var references = ReferencesOf(at);
            origin = origin < 0 ? OriginOf(references) : origin;
            at.Kind = PendingKind.AsyncMethod;
            if (inner < 0 && awaited == 0)
            {
                awaited = at.Awaited != 0 ? at.Awaited : AwaitedIn(references, task.Address, isHelper: !frame.IsMethod);
            }

            if (frame.IsMethod)
            {
                Show(number, frame.Name, inner);
                task.Innermost = inner < 0 ? number + 1 : task.Innermost;
                task.Outermost = number + 1;
                inner = number;
            }

            address = at.Continuation;
        }

        if (inner < 0)
        {
            // It runs on a thread, or it waits in the last call of its methods, which optimized code replaces by a jump.
            task.State = address == 0 ? PendingState.Running : PendingState.Awaiting;
            task.Awaited = awaited;
            task.Origin = origin;
            return;
        }

        task.IsHidden = true;
        Finish(task, awaited, origin);
    }

    // A continuation that is already linked belongs to another task, or to a cycle.
    private static bool IsUnlinked(in Found at) => at.Code != 0 && at.IsHidden && at.Kind == PendingKind.Promise;

    private void Show(int number, string name, int inner)
    {
        ref var at = ref found[number];
        at.IsHidden = false;
        at.Awaited = 0;
        at.Method = names.Number(name);
        if (inner >= 0)
        {
            found[inner].Caller = number;
            at.Awaits = found[inner].Method;
            at.IsAwaiting = true;
        }
    }

    // The methods of one chain have one origin; the context of each is not always saved.
    private void Finish(in Found task, ulong awaited, int origin)
    {
        found[task.Innermost - 1].Awaited = awaited;
        found[task.Outermost - 1].Continuation = task.Continuation;
        for (var number = task.Innermost - 1; number >= 0; number = number == task.Outermost - 1 ? -1 : found[number].Caller)
        {
            found[number].Origin = origin;
        }
    }

    private ReadOnlySpan<ulong> ReferencesOf(in Found continuation)
    {
        var start = continuation.Address + (ulong)fields.End;
        var count = MaxContextWords;
        if (fields.References >= 0)
        {
            start = continuation.Context + (ulong)CoreFields.ArrayData;
            count = continuation.Context == 0 ? 0 : (int)Math.Min(MaxReferences, (uint)memory.ReadWord(continuation.Context + sizeof(ulong)));
        }

        for (var i = 0; i < count; i++)
        {
            _references[i] = memory.ReadWord(start + (ulong)(i * sizeof(ulong)));
        }

        return _references.AsSpan(0, count);
    }

    private int OriginOf(ReadOnlySpan<ulong> references)
    {
        foreach (var reference in references)
        {
            if (reference != 0 && (memory.ReadWord(reference) & ~RuntimeFacts.MarkBits) == _context && origins.Of(reference) is var origin and >= 0)
            {
                return origin;
            }
        }

        return -1;
    }

    // In .NET 10 the awaiter is among the references of the helper, or of the method itself if the helper is inlined.
    private ulong AwaitedIn(ReadOnlySpan<ulong> references, ulong task, bool isHelper)
    {
        foreach (var reference in references)
        {
            if (reference != 0 && types.OfObject(memory, reference) is { IsTask: true } or { IsSource: true } && (isHelper || LeadsTo(reference, task)))
            {
                return reference;
            }
        }

        return 0;
    }

    // An awaited object refers to the task that continues, or to a delegate of it.
    private bool LeadsTo(ulong address, ulong task)
    {
        var size = Math.Min(MaxSource, (ulong)(uint)(memory.ReadWord(memory.ReadWord(address) & ~RuntimeFacts.MarkBits) >> 32));
        for (ulong offset = sizeof(ulong); offset + sizeof(ulong) < size; offset += sizeof(ulong))
        {
            var word = memory.ReadWord(address + offset);
            if (word == task || (word != 0 && memory.ReadWord(word + (ulong)delegateTarget) == task))
            {
                return true;
            }
        }

        return false;
    }
}

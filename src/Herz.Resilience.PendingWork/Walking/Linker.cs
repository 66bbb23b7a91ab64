using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Walking;

/// <summary>Finds the awaited object and the caller of each operation.</summary>
internal sealed class Linker(CoreFields core, ProcessMemory memory, TypeTable types, ObjectReader reader, NativeList<Found> found, AddressMap index, Names names, WalkGuard guard)
{
    private const int MaxFollow = 6;
    private const int MaxContinuations = 8;
    private const string Unknown = "an object of an unknown type";

    private readonly int _completion = names.Number("its completion");
    private readonly int _cancellation = names.Number("cancellation");
    private readonly int _tick = names.Number("its tick");

    public void Link()
    {
        for (var i = 0; i < found.Count; i++)
        {
            if (types[found[i].Type].IsRuntimeAsync)
            {
                ShowContinuations(ref found[i]);
            }
        }

        for (var i = 0; i < found.Count && guard.MayContinueLoop(); i++)
        {
            LinkAwaited(i, ref found[i]);
        }

        for (var i = 0; i < found.Count && guard.MayContinueLoop(); i++)
        {
            ref var at = ref found[i];
            if (at.Caller < 0 && at.Continuation != 0 && IsChained(at.Kind))
            {
                LinkContinuation(i, ref at);
            }
        }
    }

    private static bool IsChained(PendingKind kind) => kind is not (PendingKind.Timer or PendingKind.Registration);

    private static bool IsMethod(PendingKind kind) => kind is PendingKind.AsyncMethod or PendingKind.AsyncVoid or PendingKind.AsyncIterator;

    // The task of a runtime-async method is not a separate operation; its continuations are the pending operations.
    private void ShowContinuations(ref Found task)
    {
        task.IsHidden = true;
        var address = task.Context;
        task.Context = 0;
        while (index.TryGet(address, out var number) && found[number] is { Code: not 0, IsHidden: true })
        {
            found[number].IsHidden = false;
            address = found[number].Continuation;
        }
    }

    private void LinkAwaited(int number, ref Found at)
    {
        switch (at.Kind)
        {
            case PendingKind.Timer:
                at.Awaits = at.Period is 0 or uint.MaxValue ? _tick : names.Number($"its tick every {at.Period} ms");
                at.IsHidden = IsTask(at.Continuation);
                break;
            case PendingKind.Registration:
                at.Awaits = _cancellation;
                at.IsHidden = IsTask(at.Continuation);
                break;
            case PendingKind.TaskDelegate:
                break;
            case PendingKind.Promise:
                at.Awaits = _completion;
                break;
            default:
                LinkMethod(number, ref at);
                break;
        }
    }

    // A timer or registration of a task is an implementation detail; the task is the pending operation.
    private bool IsTask(ulong address) => address != 0 && types.OfObject(memory, address).IsTask;

    private void LinkMethod(int number, ref Found at)
    {
        if (at.Awaited == 0)
        {
            return;
        }

        if (!index.TryGet(at.Awaited, out var awaited))
        {
            var type = types.OfObject(memory, at.Awaited);
            at.Awaits = names.Number(type == HeapType.Other ? Unknown : type.Name);
            at.State = type.IsTask && reader.HasEndedAt(at.Awaited) ? PendingState.Runnable : at.State;
            return;
        }

        ref var inner = ref found[awaited];
        if (!IsMethod(inner.Kind))
        {
            inner.IsHidden |= inner.Kind == PendingKind.Promise;
            if (inner.Kind == PendingKind.Promise && inner.Awaited != 0 && index.TryGet(inner.Awaited, out var source))
            {
                awaited = source;
            }
        }

        ref var target = ref found[awaited];
        at.Awaits = names.Number(NameOf(target));
        if (target.Caller < 0 && awaited != number && target.Kind != PendingKind.Promise)
        {
            target.Caller = number;
            at.IsAwaiting = true;
        }
    }

    private string NameOf(in Found at) => at.Kind == PendingKind.TaskDelegate ? "Task.Run" : types[at.Type].Name;

    private void LinkContinuation(int number, ref Found at)
    {
        var caller = Follow(at.Continuation, MaxFollow);
        if (caller >= 0 && caller != number)
        {
            // A promise that a method awaits is not a separate operation.
            at.IsHidden = at.Kind == PendingKind.Promise;
            if (!at.IsHidden)
            {
                at.Caller = caller;
                found[caller].IsAwaiting = true;
            }
        }
    }

    /// <summary>Follows a continuation through promises and delegates to the method that awaits; -1 if there is none.</summary>
    private int Follow(ulong address, int depth)
    {
        if (address == 0 || depth == 0)
        {
            return -1;
        }

        if (index.TryGet(address, out var number) && IsMethod(found[number].Kind))
        {
            return number;
        }

        var type = types.OfObject(memory, address);
        if (type.IsList)
        {
            return FollowList(address, depth);
        }

        foreach (var offset in type.Follow)
        {
            if (Follow(memory.ReadWord(address + (ulong)offset), depth - 1) is var reached and >= 0)
            {
                // A promise between two methods is not a separate operation.
                if (number >= 0)
                {
                    found[number].IsHidden |= found[number].Kind == PendingKind.Promise;
                }

                return reached;
            }
        }

        return -1;
    }

    private int FollowList(ulong list, int depth)
    {
        var items = memory.ReadWord(list + (ulong)core.ListItems);
        for (var i = 0; items != 0 && i < MaxContinuations; i++)
        {
            var item = memory.ReadWord(items + (ulong)(CoreFields.ArrayData + (i * sizeof(ulong))));
            if (Follow(item, depth - 1) is var reached and >= 0)
            {
                return reached;
            }
        }

        return -1;
    }
}

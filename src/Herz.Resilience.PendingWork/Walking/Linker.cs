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

    private readonly FSharpLinker _functional = new(memory, types, found, index, names);
    private ulong _context;
    private bool _hasActivations;

    public void Link()
    {
        for (var i = 0; i < found.Count && guard.MayContinueLoop(); i++)
        {
            _hasActivations |= types[found[i].Type].Role == HeapRole.FSharpActivation;
            if (!IsOfChain(found[i]))
            {
                LinkAwaited(i, ref found[i]);
            }
        }

        for (var i = 0; i < found.Count && guard.MayContinueLoop(); i++)
        {
            ref var at = ref found[i];
            if (at.Caller < 0 && at.Continuation != 0 && IsChained(at.Kind) && !IsOfChain(at) && types[at.Type].Role != HeapRole.FSharpActivation)
            {
                LinkContinuation(i, ref at);
            }
            else if (at.Kind is PendingKind.Timer or PendingKind.Registration && !at.IsHidden)
            {
                LinkCallback(ref at);
            }
        }
    }

    private static bool IsChained(PendingKind kind) => kind is not (PendingKind.Timer or PendingKind.Registration);

    private static bool IsMethod(PendingKind kind) => kind is PendingKind.AsyncMethod or PendingKind.AsyncVoid or PendingKind.AsyncIterator;

    // The task and the helpers of runtime-async methods, which the methods of the chain represent.
    private bool IsOfChain(in Found at) => at.IsHidden && (at.Code != 0 || at.Innermost > 0 || types[at.Type].Role == HeapRole.FSharpActivation);

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
        at.Awaited = types[at.Type].KeepsAwaiters ? AwaiterInUse(at) : at.Awaited;
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
        if (inner.Outermost > 0)
        {
            awaited = inner.Outermost - 1;
        }
        else if (!IsMethod(inner.Kind))
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

    // The others have ended, because a method awaits one object at a time.
    private ulong AwaiterInUse(in Found at)
    {
        var type = types[at.Type];
        ulong ended = 0;
        var start = at.Address + (ulong)type.Machine;
        var machine = type.IsMachineReferenced ? memory.ReadWord(start) + sizeof(ulong) : start;
        foreach (var awaiter in type.Awaiters)
        {
            var awaited = memory.ReadWord(machine + (ulong)awaiter);
            if (awaited != 0 && !(types.OfObject(memory, awaited).IsTask && reader.HasEndedAt(awaited)))
            {
                return awaited;
            }

            ended = awaited == 0 ? ended : awaited;
        }

        return ended;
    }

    private string NameOf(in Found at) => at.Kind == PendingKind.TaskDelegate ? "Task.Run" : at.Method > 0 ? names[at.Method] : types[at.Type].Name;

    private void LinkContinuation(int number, ref Found at)
    {
        if (_hasActivations && types.OfObject(memory, at.Continuation).IsList)
        {
            LinkActivations(at);
        }

        _context = 0;
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

            NameAwaited(caller, at);
        }
    }

    /// <summary>Follows a continuation through promises and delegates to the method that awaits; -1 if there is none.</summary>
    private int Follow(ulong address, int depth)
    {
        if (address == 0 || depth == 0)
        {
            return -1;
        }

        if (index.TryGet(address, out var number) && IsMethod(found[number].Kind) && !IsOfChain(found[number]))
        {
            return number;
        }

        if (number >= 0 && found[number].Innermost > 0)
        {
            return found[number].Innermost - 1;
        }

        if (number >= 0 && types[found[number].Type].Role == HeapRole.FSharpActivation)
        {
            return FollowActivation(number, depth);
        }

        var type = types.OfObject(memory, address);
        if (type.IsList)
        {
            return FollowList(address, depth);
        }

        if (type.Properties >= 0 && core.PropertiesContext >= 0)
        {
            _context = memory.ReadWord(memory.ReadWord(address + (ulong)type.Properties) + (ulong)core.PropertiesContext);
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

    // What a custom awaiter waits for is not in the continuation of its method, and what an F# async waits for not in its activation.
    private void NameAwaited(int caller, in Found at)
    {
        if (found[caller] is { Method: > 0, Awaits: 0 })
        {
            found[caller].Awaits = names.Number(NameOf(at));
        }
    }

    // Any number of computations may wait for one task.
    private void LinkActivations(in Found at)
    {
        var items = memory.ReadWord(at.Continuation + (ulong)core.ListItems);
        var length = items == 0 ? 0 : (uint)memory.ReadWord(items + sizeof(ulong));
        for (ulong i = 0; i < length; i++)
        {
            _context = 0;
            var item = memory.ReadWord(items + (ulong)CoreFields.ArrayData + (i * sizeof(ulong)));
            if (Follow(item, MaxFollow) is var caller and >= 0 && types[found[caller].Type].Role == HeapRole.FSharpActivation)
            {
                NameAwaited(caller, at);
            }
        }
    }

    // The outermost function continues with a method if one awaits its task.
    private int FollowActivation(int activation, int depth)
    {
        var innermost = _functional.Show(activation, _context, out var outermost, out var continuation);
        if (outermost >= 0 && Follow(continuation, depth) is var caller and >= 0 && caller != innermost)
        {
            found[outermost].Caller = caller;
            found[caller].IsAwaiting = true;
            found[caller].Awaits = found[caller].Awaits == 0 || found[caller].State == PendingState.Awaiting ? found[outermost].Method : found[caller].Awaits;
        }

        return innermost;
    }

    // A timer or registration with which an F# async continues is what the async awaits.
    private void LinkCallback(ref Found at)
    {
        _context = at.Context;
        if (Follow(at.Awaited, MaxFollow) is var caller and >= 0 && types[found[caller].Type].Role == HeapRole.FSharpActivation)
        {
            at.IsHidden = true;
            found[caller].Awaits = found[caller].Awaits == 0 ? at.Kind == PendingKind.Timer ? names.Number("Async.Sleep") : at.Awaits : found[caller].Awaits;
        }
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

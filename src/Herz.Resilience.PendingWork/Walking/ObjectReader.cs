using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Walking;

/// <summary>Reads a possibly pending object from its bytes.</summary>
internal sealed unsafe class ObjectReader(CoreFields core, ProcessMemory memory, PendingWorkOptions options)
{
    private const int Finished = -2;
    private const int RunningState = -1;
    private const int NotStarted = -3;
    private const int MaxMachine = 4096;
    private const uint Never = uint.MaxValue;

    /// <summary>Whether the object is pending; <paramref name="found"/> then describes it.</summary>
    public bool TryRead(HeapType type, ulong address, byte* body, out Found found)
    {
        found = new Found { Address = address, Caller = -1, Origin = -1, Kind = type.Kind };
        return type.Role switch
        {
            HeapRole.TaskBox => !HasEnded(body) && TryReadTaskBox(type, body, ref found),
            HeapRole.PooledBox => body[type.Completed] == 0 && TryReadPooledBox(type, body, ref found),
            HeapRole.Iterator => TryReadMachine(type, body + type.Machine, ref found) && ReadIterator(type, body, ref found),
            HeapRole.RuntimeContinuation => TryReadContinuation(type, body, ref found),
            HeapRole.FSharpActivation => ReadActivation(type, body, ref found),
            HeapRole.Task => !HasEnded(body) && TryReadTask(type, body, ref found),
            HeapRole.Timer => options.Timers && TryReadTimer(body, ref found),
            HeapRole.Registration => options.Registrations && TryReadRegistration(body, ref found),
            _ => false,
        };
    }

    /// <summary>Whether the task at <paramref name="address"/> has ended.</summary>
    public bool HasEndedAt(ulong address) =>
        memory.TryReadWord(address + (ulong)core.TaskFlags, out var flags) && ((uint)flags & RuntimeFacts.TaskEnded) != 0;

    private bool HasEnded(byte* body) => (*(int*)(body + core.TaskFlags) & RuntimeFacts.TaskEnded) != 0;

    private static ulong Word(byte* body, int offset) => offset < 0 ? 0 : *(ulong*)(body + offset);

    private bool TryReadTaskBox(HeapType type, byte* body, ref Found found)
    {
        found.Continuation = Word(body, core.TaskContinuation);
        found.Context = Word(body, core.TaskStateObject);
        return TryReadMachineOfBox(type, body, ref found);
    }

    // A box in its pool is cleared: the builder of its state machine no longer points to it.
    private bool TryReadPooledBox(HeapType type, byte* body, ref Found found)
    {
        found.Continuation = Word(body, type.Continuation);
        found.Context = Word(body, type.Context);
        if (!type.IsMachineReferenced)
        {
            return Word(body + type.Machine, type.BuilderBox) == found.Address && TryReadMachineOfBox(type, body, ref found);
        }

        return Word(body, type.Machine) != 0 && TryReadMachineOfBox(type, body, ref found);
    }

    private bool TryReadMachineOfBox(HeapType type, byte* body, ref Found found)
    {
        if (!type.IsMachineReferenced)
        {
            return TryReadMachine(type, body + type.Machine, ref found);
        }

        var machine = stackalloc byte[MaxMachine];
        return type.MachineSize <= MaxMachine
            && memory.Read(Word(body, type.Machine) + sizeof(ulong), machine, type.MachineSize) == type.MachineSize
            && TryReadMachine(type, machine, ref found);
    }

    private static bool TryReadMachine(HeapType type, byte* machine, ref Found found)
    {
        var state = type.State < 0 ? 0 : *(int*)(machine + type.State);
        if (state == Finished)
        {
            return false;
        }

        if (state == RunningState)
        {
            found.State = PendingState.Running;
            return true;
        }

        if (state <= NotStarted)
        {
            found.State = PendingState.Yielded;
            return true;
        }

        // All awaiters except the one in use are cleared. Only the awaiter of Task.Yield has no reference.
        found.State = PendingState.Awaiting;
        foreach (var awaiter in type.Awaiters)
        {
            if ((found.Awaited = Word(machine, awaiter)) != 0)
            {
                return true;
            }
        }

        found.State = PendingState.Runnable;
        return true;
    }

    private bool ReadIterator(HeapType type, byte* body, ref Found found)
    {
        found.Continuation = Word(body, type.Continuation);
        if (type.BuilderBox >= 0 && Word(body + type.Machine, type.BuilderBox) is var box and not 0)
        {
            found.Context = memory.ReadWord(box + (ulong)core.TaskStateObject);
        }

        return true;
    }

    // The last continuation of a chain in .NET 10 passes the result to the task and has no code.
    private static bool TryReadContinuation(HeapType type, byte* body, ref Found found)
    {
        found.Code = Word(body, type.Code);
        found.Continuation = Word(body, type.Continuation);
        found.Context = Word(body, type.Context);
        found.Awaited = Word(body, type.Source);
        found.State = PendingState.Awaiting;

        // Hidden until a pending task leads to it, because continuations outlive their methods.
        found.IsHidden = true;
        return found.Code != 0;
    }

    // Hidden until a pending object leads to it, because activations outlive their steps.
    private static bool ReadActivation(HeapType type, byte* body, ref Found found)
    {
        found.Continuation = Word(body, type.Continuation);
        found.IsHidden = true;
        return true;
    }

    private bool TryReadTask(HeapType type, byte* body, ref Found found)
    {
        var flags = *(int*)(body + core.TaskFlags);
        var action = Word(body, core.TaskAction);
        found.Continuation = Word(body, core.TaskContinuation);
        if (action != 0 && (flags & (RuntimeFacts.TaskStarted | RuntimeFacts.TaskInvoked)) != 0)
        {
            found.Kind = PendingKind.TaskDelegate;
            found.State = (flags & RuntimeFacts.TaskInvoked) != 0 ? PendingState.Running : PendingState.Runnable;
            found.Awaited = action;
            return true;
        }

        found.Awaited = Word(body, type.Source);
        found.Context = type.IsRuntimeAsync ? Word(body, core.TaskStateObject) : 0;
        return type.IsRuntimeAsync || (options.Promises && (found.Continuation != 0 || options.IdlePromises));
    }

    private bool TryReadTimer(byte* body, ref Found found)
    {
        found.Kind = PendingKind.Timer;
        found.Awaited = Word(body, core.TimerCallback);
        found.Continuation = Word(body, core.TimerState);
        found.Context = Word(body, core.TimerContext);
        found.Period = *(uint*)(body + core.TimerPeriod);
        return *(uint*)(body + core.TimerDue) != Never && found.Awaited != 0;
    }

    private bool TryReadRegistration(byte* body, ref Found found)
    {
        found.Kind = PendingKind.Registration;
        found.Awaited = Word(body, core.RegistrationCallback);
        found.Continuation = Word(body, core.RegistrationState);
        found.Context = Word(body, core.RegistrationContext);
        return *(long*)(body + core.RegistrationId) != 0 && found.Awaited != 0;
    }
}

using Herz.Resilience.PendingWork.Memory;

namespace Herz.Resilience.PendingWork.Walking;

/// <summary>
/// Shows the functions of an F# <c>async</c> that waits. The heap also holds the activations of steps that have ended, so an
/// activation counts only if a pending task, timer or registration continues with it.
/// </summary>
internal sealed class FSharpLinker(ProcessMemory memory, TypeTable types, NativeList<Found> found, AddressMap index, Names names)
{
    private const int MaxSteps = 256;

    /// <summary>Shows the functions from an activation outwards.</summary>
    /// <param name="activation">The index of the activation.</param>
    /// <param name="context">The execution context of the computation.</param>
    /// <param name="outermost">The index of the outermost function; -1 if the functions are already shown.</param>
    /// <param name="continuation">What the outermost function continues with.</param>
    /// <returns>The index of the innermost function.</returns>
    public int Show(int activation, ulong context, out int outermost, out ulong continuation)
    {
        outermost = -1;
        continuation = 0;
        ref var first = ref found[activation];
        if (first.Innermost > 0)
        {
            return first.Innermost - 1;
        }

        var inner = -1;
        var innermost = -1;
        var step = activation;
        for (var i = 0; i < MaxSteps && found[step].Method == 0; i++)
        {
            var closure = types.OfObject(memory, continuation = found[step].Continuation);
            if (NameOf(closure, continuation) is { } name && (inner < 0 || name != names[found[inner].Method]))
            {
                Add(step, name, inner, context);
                innermost = innermost < 0 ? step : innermost;
                inner = step;
            }

            if (closure.Caller < 0 || !index.TryGet(memory.ReadWord(continuation + (ulong)closure.Caller), out step))
            {
                break;
            }
        }

        if (innermost < 0)
        {
            Add(activation, types[first.Type].Name, -1, context);
            innermost = activation;
            inner = activation;
        }

        outermost = inner;
        first.Innermost = innermost + 1;
        return innermost;
    }

    private void Add(int step, string name, int inner, ulong context)
    {
        ref var at = ref found[step];
        at.IsHidden = false;
        at.State = PendingState.Awaiting;
        at.Method = names.Number(name);
        at.Context = context;
        if (inner >= 0)
        {
            found[inner].Caller = step;
            at.Awaits = found[inner].Method;
            at.IsAwaiting = true;
        }
    }

    // The rest of the function is a closure of the app. The closures of FSharp.Core have no useful name.
    private string? NameOf(HeapType closure, ulong address)
    {
        foreach (var offset in closure.Functions)
        {
            if (types.OfObject(memory, memory.ReadWord(address + (ulong)offset)) is { IsAppFunction: true } function)
            {
                return function.Name;
            }
        }

        return null;
    }
}

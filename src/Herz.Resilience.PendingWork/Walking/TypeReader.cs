using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Herz.Resilience.PendingWork.Naming;
using Herz.Resilience.PendingWork.Runtime;
using Herz.Resilience.PendingWork.RuntimeAsync;

namespace Herz.Resilience.PendingWork.Walking;

/// <summary>Determines the role of a type in a walk and the offsets of its fields.</summary>
internal sealed class TypeReader(CoreFields core, ContinuationFields? continuations)
{
    private static readonly string[] s_continuationFields = ["m_action", "m_task", "_target", "_continuation", "_continuationState", "_task"];

    public HeapType Read(Type type)
    {
        if (type == core.TimerType)
        {
            return Plain(HeapRole.Timer, type, Math.Max(core.TimerContext, Math.Max(core.TimerPeriod, core.TimerDue)) + sizeof(ulong));
        }

        if (type == core.RegistrationType)
        {
            return Plain(HeapRole.Registration, type, Math.Max(core.RegistrationContext, Math.Max(core.RegistrationId, core.RegistrationState)) + sizeof(ulong));
        }

        if (continuations is not null && continuations.Type.IsAssignableFrom(type))
        {
            return Continuation(type, continuations);
        }

        if (FSharpTypes.Read(type) is { } functional)
        {
            return functional;
        }

        if (StateMachineOfBox(type) is { } machine)
        {
            return typeof(Task).IsAssignableFrom(type) ? TaskBox(type, machine) : PooledBox(type, machine);
        }

        if (IsIterator(type))
        {
            return Iterator(type);
        }

        return typeof(Task).IsAssignableFrom(type) ? OtherTask(type) : Plain(HeapRole.None, type, 0);
    }

    /// <summary>The name under which objects of a type are counted; for state machines and their boxes, the method.</summary>
    public static string CensusName(Type type)
    {
        var machine = StateMachineOfBox(type) ?? (typeof(IAsyncStateMachine).IsAssignableFrom(type) && type.Name.StartsWith('<') ? type : null);
        return machine is null ? TypeNames.Full(type) : $"async {MethodNames.Of(machine)}";
    }

    /// <summary>Whether it is the state machine of an async iterator.</summary>
    public static bool IsIterator(Type type) =>
        type.IsClass
        && typeof(IAsyncStateMachine).IsAssignableFrom(type)
        && type.GetInterfaces().Any(static i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IAsyncEnumerator<>));

    /// <summary>Whether it is the task of a runtime-async method.</summary>
    public static bool IsRuntimeAsyncTask(Type type) => type.DeclaringType?.FullName == RuntimeFacts.AsyncHelpers;

    // The framework's own continuations, the innermost of a chain, hold the awaited object, and the task of the chain.
    private static HeapType Continuation(Type type, ContinuationFields fields)
    {
        var awaited = FieldLayout.Find(type, "Task") ?? FieldLayout.Find(type, "Source");
        var source = awaited is null ? -1 : FieldLayout.InObject(awaited);
        return new HeapType
        {
            Role = HeapRole.RuntimeContinuation,
            Name = "a runtime-async method",
            Kind = PendingKind.Promise,
            Code = fields.Resume,
            Continuation = fields.Next,
            Context = fields.References,
            Source = source,
            Follow = FieldLayout.Find(type, "RuntimeAsyncTask") is { } task ? [FieldLayout.InObject(task)] : [],
            Needed = Math.Max(fields.End, Math.Max(fields.References, source) + sizeof(ulong)),
        };
    }

    /// <summary>The state machine in a box of the framework's builders; null if it is not a box.</summary>
    public static Type? StateMachineOfBox(Type type) =>
        type.IsGenericType
        && type.Name.EndsWith("StateMachineBox`1", StringComparison.Ordinal)
        && type.Assembly == typeof(object).Assembly
        && type.DeclaringType?.Name is "AsyncTaskMethodBuilder`1" or "PoolingAsyncValueTaskMethodBuilder`1"
            ? type.GetGenericArguments()[^1]
            : null;

    private HeapType TaskBox(Type type, Type machine)
    {
        var at = FieldLayout.Required(type, "StateMachine");
        if (IsIterator(machine))
        {
            // The iterator is the operation; its box only refers to it.
            return new HeapType { Role = HeapRole.None, Name = "", Follow = [at] };
        }

        var shape = StateMachineShape.Of(machine);
        return new HeapType
        {
            Role = HeapRole.TaskBox,
            Name = MethodNames.Of(machine),
            Kind = shape.Kind,
            IsTask = true,
            Machine = at,
            IsMachineReferenced = !machine.IsValueType,
            MachineSize = shape.Size,
            State = shape.State,
            Awaiters = shape.Awaiters,
            KeepsAwaiters = shape.KeepsAwaiters,
            Context = core.TaskStateObject,
            Follow = [core.TaskContinuation],
            Needed = Math.Max(TaskSize, at + (machine.IsValueType ? shape.Size : sizeof(ulong))),
        };
    }

    private static HeapType PooledBox(Type type, Type machine)
    {
        var shape = StateMachineShape.Of(machine);
        var at = FieldLayout.Required(type, "StateMachine");
        var (completed, continuation) = Source(type, "_valueTaskSource");
        var context = FieldLayout.Required(type, "Context");
        var end = at + (machine.IsValueType ? shape.Size : sizeof(ulong));
        return new HeapType
        {
            Role = HeapRole.PooledBox,
            IsSource = true,
            Name = MethodNames.Of(machine),
            Kind = PendingKind.AsyncMethod,
            Machine = at,
            IsMachineReferenced = !machine.IsValueType,
            MachineSize = shape.Size,
            State = shape.State,
            Awaiters = shape.Awaiters,
            BuilderBox = shape.BuilderBox,
            Context = context,
            Completed = completed,
            Continuation = continuation,
            Follow = [continuation],
            Needed = Math.Max(Math.Max(end, completed + 1), Math.Max(context, continuation) + sizeof(ulong)),
        };
    }

    private HeapType Iterator(Type type)
    {
        var shape = StateMachineShape.Of(type);
        var (completed, continuation) = Source(type, "<>v__promiseOfValueOrEnd");
        return new HeapType
        {
            Role = HeapRole.Iterator,
            IsSource = true,
            Name = MethodNames.Of(type),
            Kind = PendingKind.AsyncIterator,
            Machine = sizeof(ulong),
            MachineSize = shape.Size,
            State = shape.State,
            Awaiters = shape.Awaiters,
            BuilderBox = shape.BuilderBox,
            Context = core.TaskStateObject,
            Completed = completed,
            Continuation = continuation,
            Follow = [continuation],
            Needed = Math.Max(sizeof(ulong) + shape.Size, Math.Max(completed + 1, continuation + sizeof(ulong))),
        };
    }

    private HeapType OtherTask(Type type)
    {
        var source = type.Name.StartsWith("ValueTaskSourceAsTask", StringComparison.Ordinal) && FieldLayout.Find(type, "_source") is { } field
            ? FieldLayout.InObject(field)
            : -1;

        // The task of ContinueWith, which runs a delegate in the captured context.
        var runsDelegate = type.Assembly == typeof(Task).Assembly && type.Name.StartsWith("Continuation", StringComparison.Ordinal);
        return new HeapType
        {
            Role = HeapRole.Task,
            Name = AwaitedNames.Of(type),
            Kind = PendingKind.Promise,
            IsTask = true,
            IsRuntimeAsync = IsRuntimeAsyncTask(type),
            Context = core.TaskStateObject,
            Follow = runsDelegate ? [core.TaskContinuation, core.TaskAction] : [core.TaskContinuation],
            Properties = runsDelegate ? core.TaskProperties : -1,
            Source = source,
            Needed = Math.Max(TaskSize, source + sizeof(ulong)),
        };
    }

    private HeapType Plain(HeapRole role, Type type, int needed) => new()
    {
        Role = role,
        Name = AwaitedNames.Of(type),
        Follow = typeof(Delegate).IsAssignableFrom(type) ? [core.DelegateTarget] : FollowedFields(type),
        IsList = type == typeof(List<object>),
        IsSource = IsSource(type),
        Needed = needed,
    };

    /// <summary>Whether it is a value task source.</summary>
    public static bool IsSource(Type type) =>
        Array.Exists(type.GetInterfaces(), static i => i == typeof(IValueTaskSource) || (i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IValueTaskSource<>)));

    private static int[] FollowedFields(Type type)
    {
        var offsets = new List<int>();
        foreach (var name in s_continuationFields)
        {
            if (FieldLayout.Find(type, name) is { FieldType.IsValueType: false } field)
            {
                offsets.Add(FieldLayout.InObject(field));
            }
        }

        return [.. offsets];
    }

    private static (int Completed, int Continuation) Source(Type type, string name)
    {
        var field = FieldLayout.Find(type, name);
        if (field is null
            || FieldLayout.Find(field.FieldType, "_completed") is not { } completed
            || FieldLayout.Find(field.FieldType, "_continuationState") is not { } continuation)
        {
            return (-1, -1);
        }

        var start = FieldLayout.InObject(field);
        return (start + FieldLayout.Of(completed), start + FieldLayout.Of(continuation));
    }

    private int TaskSize =>
        Math.Max(Math.Max(core.TaskFlags, core.TaskAction), Math.Max(core.TaskStateObject, core.TaskContinuation)) + sizeof(ulong);
}

using System.Reflection;
using System.Runtime.CompilerServices;
using Herz.Resilience.PendingWork.Naming;
using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>The role and name of the objects of one type in a snapshot.</summary>
internal sealed record NodeType(NodeRole Role, string Name, PendingKind Kind, Type? Type)
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    public bool IsMethod => Role is NodeRole.TaskBox or NodeRole.PooledBox or NodeRole.Iterator;

    public bool IsTask => Role is NodeRole.TaskBox or NodeRole.Task or NodeRole.RuntimeAsyncTask;

    /// <summary>Whether it is a task that the framework creates to continue others, such as the task of <see cref="Task.WhenAll(Task[])"/>.</summary>
    public bool IsPromiseOfFramework =>
        Role == NodeRole.Task && Type is { } type && type != typeof(Task) && !(type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>));

    /// <summary>Whether it is a method of <see cref="KnownWork"/>.</summary>
    public bool IsKnownWork => Type is not null && TypeReader.StateMachineOfBox(Type)?.DeclaringType == typeof(KnownWork);

    public static NodeType Of(Type type)
    {
        if (TypeReader.StateMachineOfBox(type) is { } machine)
        {
            return new NodeType(typeof(Task).IsAssignableFrom(type) ? NodeRole.TaskBox : NodeRole.PooledBox, MethodNames.Of(machine), KindOf(machine), type);
        }

        if (TypeReader.IsIterator(type))
        {
            return new NodeType(NodeRole.Iterator, MethodNames.Of(type), PendingKind.AsyncIterator, type);
        }

        return new NodeType(RoleOf(type), AwaitedNames.Of(type), PendingKind.Promise, type);
    }

    /// <summary>A type that reflection cannot resolve, with its name in the snapshot.</summary>
    public static NodeType Unresolved(string name) => new(NodeRole.Other, name, PendingKind.Promise, null);

    private static NodeRole RoleOf(Type type) => type switch
    {
        _ when type == typeof(object) => NodeRole.Plain,
        _ when type == typeof(List<object>) || type == typeof(object[]) => NodeRole.Link,
        _ when type == typeof(ExecutionContext) => NodeRole.Context,
        _ when typeof(Task).IsAssignableFrom(type) => TypeReader.IsRuntimeAsyncTask(type) ? NodeRole.RuntimeAsyncTask : NodeRole.Task,
        _ when typeof(Delegate).IsAssignableFrom(type) => NodeRole.Delegate,
        _ when typeof(TaskScheduler).IsAssignableFrom(type) => NodeRole.Scheduler,
        _ when typeof(IAsyncStateMachine).IsAssignableFrom(type) => NodeRole.Machine,
        _ when TypeReader.IsSource(type) => NodeRole.Source,
        _ when type.Assembly == typeof(object).Assembly => RoleOfCore(type),
        _ => NodeRole.Other,
    };

    private static NodeRole RoleOfCore(Type type) => type.FullName switch
    {
        "System.Threading.TimerQueueTimer" => NodeRole.Timer,
        "System.Threading.TimerQueue" or "System.Threading.CancellationTokenSource+Registrations" => NodeRole.Registry,
        "System.Threading.CancellationTokenSource+CallbackNode" => NodeRole.Registration,
        "System.Runtime.CompilerServices.AsyncMethodBuilderCore+ContinuationWrapper" => NodeRole.Link,
        _ when type.Namespace == "System.Threading.Tasks" => NodeRole.Link,
        _ => NodeRole.Other,
    };

    private static PendingKind KindOf(Type machine) =>
        Array.Exists(machine.GetFields(Fields), static field => field.FieldType == typeof(AsyncVoidMethodBuilder)) ? PendingKind.AsyncVoid : PendingKind.AsyncMethod;
}

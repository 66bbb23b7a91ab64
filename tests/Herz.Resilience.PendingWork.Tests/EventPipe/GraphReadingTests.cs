using System.Reflection;
using System.Runtime.CompilerServices;
using Herz.Resilience.PendingWork.EventPipe;

namespace Herz.Resilience.PendingWork.Tests.EventPipe;

/// <summary>Graphs of real types, built by hand and at random.</summary>
public class GraphReadingTests
{
    private const ulong Completed = 0x10;

    private static readonly Type s_inner = Box("Inner");
    private static readonly Type s_outer = Box("Outer");

    [Fact]
    public void Read_TwoMethodsThatReferToEachOther_FindsTheCaller()
    {
        // Each refers to the other: one by its awaiter, after its builder, and one by its continuation, before its builder.
        var snapshot = new Snapshot()
            .Add(0x100, s_inner, 0x200, 0x100, 0x300)
            .Add(0x200, s_outer, 0x200, 0x100)
            .Add(0x300, typeof(Task<int>), 0x100);

        Assert.Equal([$"Awaiting {Name("Inner")} <- {Name("Outer")} awaits TaskCompletionSource<int>", $"Awaiting {Name("Outer")} awaits {Name("Inner")}"], snapshot.Read());
    }

    [Fact]
    public void Read_MethodThatHoldsATaskInALocal_DoesNotAwaitIt()
    {
        var snapshot = new Snapshot()
            .Add(0x100, s_inner, 0x200, 0x100, 0x300)
            .Add(0x200, s_outer, 0x200, 0x400)
            .Add(0x300, typeof(Task<int>), 0x100)
            .Add(0x400, typeof(Task), 0x200);

        Assert.Equal([$"Awaiting {Name("Inner")} awaits TaskCompletionSource<int>", $"Awaiting {Name("Outer")} awaits TaskCompletionSource"], snapshot.Read());
    }

    [Fact]
    public void Read_InnermostThatAwaitsNothing_DoesNotAwaitItsCaller()
    {
        // The caller also holds the task in a local, at the position of a continuation.
        var snapshot = new Snapshot()
            .Add(0x100, s_inner, 0x200, 0x100)
            .Add(0x200, s_outer, 0x100, 0x200, 0x100);

        Assert.Equal([$"Awaiting {Name("Outer")} awaits {Name("Inner")}", $"Runnable {Name("Inner")} <- {Name("Outer")} awaits "], snapshot.Read());
    }

    [Fact]
    public void Read_SeveralContinuations_FindsThemInTheList()
    {
        var snapshot = new Snapshot()
            .Add(0x100, s_inner, 0x100, 0x300)
            .Add(0x200, s_outer, 0x200, 0x300)
            .Add(0x300, typeof(Task), 0x400)
            .Add(0x400, typeof(List<object>), 0x500)
            .Add(0x500, typeof(object[]), 0x100, 0x200);

        Assert.Equal([$"Awaiting {Name("Inner")} awaits TaskCompletionSource", $"Awaiting {Name("Outer")} awaits TaskCompletionSource"], snapshot.Read());
    }

    [Fact]
    public void Read_CompletedMethodsAndTasks_LeavesThemOut()
    {
        var snapshot = new Snapshot()
            .Add(Completed, typeof(object))
            .Add(0x100, s_inner, Completed)
            .Add(0x180, s_inner, Completed, 0x180)
            .Add(0x200, typeof(Task<int>), Completed)
            .Add(0x300, s_outer, 0x300, 0x200);

        // The awaited task has ended, so the method waits for a thread.
        Assert.Equal([$"Runnable {Name("Outer")} awaits TaskCompletionSource<int>"], snapshot.Read());
    }

    [Fact]
    public void Read_MoreThanMaxOperations_LeavesOutTheRestButNotTheKnownWork()
    {
        var known = Box("Inner", typeof(KnownWork));
        var snapshot = new Snapshot().Add(0x100, s_inner, 0x100).Add(0x200, s_inner, 0x200).Add(0x300, known, 0x300);

        Assert.Equal([$"Runnable {Name("Inner")} awaits "], snapshot.Read(new PendingWorkOptions { MaxOperations = 1 }, out var isFull, out var knownWork));
        Assert.Equal((true, 1), (isFull, knownWork));
    }

    [Fact]
    public void Read_AnyGraph_EndsAndListsNoMoreThanItsObjects()
    {
        Type[] types = [s_inner, s_outer, typeof(Task), typeof(Task<int>), typeof(List<object>), typeof(object[]), typeof(Action), typeof(object), typeof(ExecutionContext), typeof(Version)];
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var snapshot = new Snapshot();
            var count = random.Next(1, 60);
            for (var i = 1; i <= count; i++)
            {
                var references = new ulong[random.Next(random.Next(40))];
                for (var r = 0; r < references.Length; r++)
                {
                    references[r] = (ulong)random.Next(count + 2) * 16;
                }

                snapshot.Add((ulong)i * 16, types[random.Next(types.Length)], references);
            }

            Assert.True(snapshot.Read().Count <= count);
        }
    }

    private static string Name(string method) => $"Herz.Resilience.PendingWork.Tests.EventPipe.GraphReadingTests.{method}";

    private static Type Box(string method, Type? owner = null) =>
        typeof(AsyncTaskMethodBuilder<>).GetNestedType("AsyncStateMachineBox`1", BindingFlags.NonPublic)!.MakeGenericType(
            typeof(int), (owner ?? typeof(GraphReadingTests)).GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!.GetCustomAttribute<AsyncStateMachineAttribute>()!.StateMachineType);

    private static async Task<int> Inner(Task<int> task) => await task;

    private static async Task<int> Outer(Task<int> task) => await Inner(task);

    private sealed class Snapshot
    {
        private readonly Dictionary<ulong, SnapshotType> _described = [];
        private readonly List<(ulong Address, Type Type, ulong[] References)> _objects = [];

        public Snapshot Add(ulong address, Type type, params ulong[] references)
        {
            Describe(type);
            _objects.Add((address, type, references));
            return this;
        }

        public List<string> Read() => Read(new PendingWorkOptions(), out _, out _);

        public List<string> Read(PendingWorkOptions options, out bool isFull, out int knownWork)
        {
            var types = new SnapshotTypes(_described);
            using var graph = new HeapGraph();
            foreach (var (address, type, references) in _objects)
            {
                graph.Add(address, types.Number(Id(type)), (ulong)references.Length, isKept: true);
                Array.ForEach(references, graph.AddEdge);
            }

            graph.Seal();
            var named = new NodeTypes(types);
            using var reading = new GraphReading(new GraphView(graph, named, Completed), named, options);
            var (operations, known) = reading.Read();
            (isFull, knownWork) = (reading.IsFull, known.Count);
            return [.. operations.Select(static o => $"{o.State} {o.Stack} awaits {o.Awaits}").Order(StringComparer.Ordinal)];
        }

        private ulong Describe(Type type)
        {
            var parameters = type.IsArray ? [type.GetElementType()!] : type.GetGenericArguments();
            var module = (ulong)RuntimeHelpers.GetHashCode(type.Module);
            _described[Id(type)] = new SnapshotType(module, type.IsArray ? 0 : type.MetadataToken, type.IsArray ? 8 : 0, type.Name, Array.ConvertAll(parameters, Describe));
            return Id(type);
        }

        private static ulong Id(Type type) => (ulong)type.TypeHandle.Value;
    }
}

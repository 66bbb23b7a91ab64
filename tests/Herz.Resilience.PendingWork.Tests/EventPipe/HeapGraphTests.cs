using Herz.Resilience.PendingWork.EventPipe;

namespace Herz.Resilience.PendingWork.Tests.EventPipe;

public class HeapGraphTests
{
    [Fact]
    public void Add_ObjectsAndReferencesInAnyInterleaving_KeepsReferencesWithTheirObject()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var objects = Enumerable.Range(1, random.Next(40)).Select(i => (Address: (ulong)i * 16, Count: random.Next(6), IsKept: random.Next(2) == 0)).ToArray();
            random.Shuffle(objects);
            using var graph = Interleaved(random, objects);

            Assert.True(graph.IsWhole);
            var first = 0;
            foreach (var (address, count, isKept) in objects)
            {
                var found = graph.Find(address);
                Assert.Equal(isKept, found >= 0);
                Assert.Equal(isKept ? Enumerable.Range(first, count).Select(static e => (ulong)e) : [], graph.References(found).ToArray());
                first += count;
            }
        }
    }

    [Fact]
    public void IsWhole_ReferencesMissingOrLeftOver_IsFalse()
    {
        using var missing = new HeapGraph();
        missing.Add(0x10, 0, references: 2, isKept: true);
        missing.AddEdge(0x20);
        using var leftOver = new HeapGraph();
        leftOver.Add(0x10, 0, references: 0, isKept: true);
        leftOver.AddEdge(0x20);

        Assert.False(missing.IsWhole || leftOver.IsWhole);
    }

    [Fact]
    public void Add_TooManyReferences_Throws()
    {
        using var graph = new HeapGraph();

        Assert.Throws<UnreadableTraceException>(() => graph.Add(0x10, 0, ulong.MaxValue, isKept: true));
    }

    // Either stream may be ahead of the other.
    private static HeapGraph Interleaved(Random random, (ulong Address, int Count, bool IsKept)[] objects)
    {
        var graph = new HeapGraph();
        var references = objects.Sum(static o => o.Count);
        var (at, edge) = (0, 0);
        while (at < objects.Length || edge < references)
        {
            if (edge == references || (at < objects.Length && random.Next(2) == 0))
            {
                graph.Add(objects[at].Address, at, (ulong)objects[at].Count, objects[at].IsKept);
                at++;
            }
            else
            {
                graph.AddEdge((ulong)edge++);
            }
        }

        graph.Seal();
        return graph;
    }
}

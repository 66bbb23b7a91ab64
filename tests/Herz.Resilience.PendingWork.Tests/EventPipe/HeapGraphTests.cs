using CsCheck;
using Herz.Resilience.PendingWork.EventPipe;

namespace Herz.Resilience.PendingWork.Tests.EventPipe;

public class HeapGraphTests
{
    [Fact]
    public void Add_ObjectsAndReferencesInAnyInterleaving_BelongTogether() =>
        Gen.Select(Gen.Select(Gen.Int[0, 5], Gen.Bool).Array[0, 40], Gen.Int[0, 1_000_000]).Sample(
            static (objects, seed) =>
            {
                using var graph = new HeapGraph();
                var random = new Random(seed);
                var address = Enumerable.Range(1, objects.Length).Select(static i => (ulong)i * 0x10).ToArray();
                random.Shuffle(address);
                var references = objects.Sum(static o => o.Item1);
                var (node, edge) = (0, 0);
                while (node < objects.Length || edge < references)
                {
                    if (edge == references || (node < objects.Length && random.Next(2) == 0))
                    {
                        graph.Add(address[node], node, (ulong)objects[node].Item1, objects[node].Item2);
                        node++;
                    }
                    else
                    {
                        graph.AddEdge((ulong)edge++);
                    }
                }

                Assert.True(graph.IsWhole);
                graph.Seal();
                var first = 0;
                for (var i = 0; i < objects.Length; i++)
                {
                    var (count, isKept) = objects[i];
                    var found = graph.Find(address[i]);
                    Assert.Equal(isKept, found >= 0);
                    Assert.Equal(isKept ? Enumerable.Range(first, count).Select(static e => (ulong)e) : [], graph.References(found).ToArray());
                    first += count;
                }
            },
            iter: 2_000, seed: "0000KOIPe5Y3");

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
    public void Add_MoreReferencesThanThereCanBe_Refuses()
    {
        using var graph = new HeapGraph();

        Assert.Throws<UnreadableTraceException>(() => graph.Add(0x10, 0, ulong.MaxValue, isKept: true));
    }
}

using CsCheck;
using Herz.Resilience.Metrics.Series;

namespace Herz.Resilience.Tests.Metrics.Series;

public class SeriesTableTests
{
    private static readonly Gen<KeyValuePair<string, object?>> Tag =
        Gen.Select(
            Gen.Int[0, 2].Select(i => new[] { "http.route", "outcome", "policy" }[i]),
            Gen.OneOf(
                Gen.String[0, 40].Select(s => (object?)s),
                Gen.Int[0, 3].Select(i => (object?)i),
                Gen.Bool.Select(b => (object?)b),
                Gen.Const((object?)null)),
            (key, value) => new KeyValuePair<string, object?>(key, value));

    [Fact]
    public void GetOrAdd_AnyTagSets_ReturnsOneSeriesForEachDistinctSet() =>
        Tag.Array[0, 4].Array[1, 200].Sample(sets =>
        {
            var table = new SeriesTable<string>(int.MaxValue);
            var expected = new Dictionary<string, string>();
            foreach (var set in sets)
            {
                var identity = string.Join('|', set.Select(t => $"{t.Key}={t.Value?.GetType().Name}:{t.Value}"));
                var series = table.GetOrAdd(set, _ => identity)!;
                expected.TryAdd(identity, series);
                if (series != identity || !ReferenceEquals(series, expected[identity]))
                {
                    return false;
                }
            }

            return Array.TrueForAll(sets, set => table.TryGet(Copy(set), out var found) && expected.ContainsKey(found));
        });

    [Fact]
    public void GetOrAdd_BeyondTheLimit_ReturnsNullAndKeepsTheExistingSeries()
    {
        var table = new SeriesTable<string>(2);
        Assert.Equal("a", table.GetOrAdd(One("a"), _ => "a"));
        Assert.Equal("b", table.GetOrAdd(One("b"), _ => "b"));
        Assert.Null(table.GetOrAdd(One("c"), _ => "c"));
        Assert.True(table.IsFull);
        Assert.True(table.TryGet(One("a"), out var kept));
        Assert.Equal("a", kept);
        Assert.False(table.TryGet(One("c"), out _));
    }

    [Fact]
    public void TryGet_DuringConcurrentAdds_FindsEarlierEntries()
    {
        const int Sets = 2_000;
        var table = new SeriesTable<string>(int.MaxValue);
        var added = new int[1];
        var missed = 0;
        var writer = new Thread(() =>
        {
            for (var i = 0; i < Sets; i++)
            {
                var name = $"/route/{i}";
                table.GetOrAdd(One(name), _ => name);
                Volatile.Write(ref added[0], i + 1);
            }
        });
        writer.Start();
        int known;
        do
        {
            known = Volatile.Read(ref added[0]);
            for (var i = 0; i < known; i += 7)
            {
                missed += table.TryGet(One($"/route/{i}"), out var found) && found == $"/route/{i}" ? 0 : 1;
            }
        }
        while (known < Sets);
        writer.Join();
        Assert.Equal(0, missed);
    }

    private static KeyValuePair<string, object?>[] One(string value) => [new("route", value)];

    // New string instances, so that only the content can be equal.
    private static KeyValuePair<string, object?>[] Copy(KeyValuePair<string, object?>[] set) =>
        Array.ConvertAll(set, t => new KeyValuePair<string, object?>(new string(t.Key), t.Value is string s ? new string(s.AsSpan()) : t.Value));
}

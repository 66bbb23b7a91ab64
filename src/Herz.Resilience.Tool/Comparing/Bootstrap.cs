using Herz.Resilience.Tool.Recording;

namespace Herz.Resilience.Tool.Comparing;

/// <summary>
/// Resamples the figures of a run by drawing its slices with replacement (block bootstrap, Künsch 1989). Requests of the same
/// second depend on each other; whole slices are nearly independent.
/// </summary>
internal sealed class Bootstrap
{
    private readonly Slice[] _slices;
    private readonly long[] _values;
    private readonly (int Index, long Count)[][] _latencies;
    private readonly long[] _counts;

    /// <summary>Creates the bootstrap of a run.</summary>
    public Bootstrap(IReadOnlyList<Slice> slices)
    {
        _slices = [.. slices];
        _values = [.. slices.SelectMany(s => s.Latencies).Select(l => l.Microseconds).Distinct().Order()];
        var index = _values.Index().ToDictionary(v => v.Item, v => v.Index);
        _latencies = [.. slices.Select(s => s.Latencies.Select(l => (index[l.Microseconds], l.Count)).ToArray())];
        _counts = new long[_values.Length];
    }

    /// <summary>The figures of the run.</summary>
    public Figures Observed() => Sum(Enumerable.Range(0, _slices.Length));

    /// <summary>The figures of one random sample of slices.</summary>
    public Figures Draw(Random random)
    {
        // A seeded generator makes the result repeatable; security is not involved.
#pragma warning disable CA5394
        return Sum(Enumerable.Range(0, _slices.Length).Select(_ => random.Next(_slices.Length)));
#pragma warning restore CA5394
    }

    private Figures Sum(IEnumerable<int> chosen)
    {
        Array.Clear(_counts);
        double seconds = 0;
        long requests = 0, ok = 0, good = 0;
        foreach (var i in chosen)
        {
            var slice = _slices[i];
            seconds += slice.Seconds;
            requests += slice.Ok + slice.Refused + slice.Failed;
            ok += slice.Ok;
            good += slice.Good;
            foreach (var (index, count) in _latencies[i])
            {
                _counts[index] += count;
            }
        }

        return new Figures(requests / seconds, good / seconds, requests == 0 ? 0 : (requests - ok) / (double)requests, Percentile(0.5), Percentile(0.95), Percentile(0.99));
    }

    private double Percentile(double share)
    {
        var wanted = (long)Math.Ceiling(_counts.Sum() * share);
        var seen = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted && seen > 0)
            {
                return _values[i] / 1e3;
            }
        }

        return 0;
    }
}

using System.Text.Json;

namespace Herz.Resilience.Benchmarks.Overload;

/// <summary>The results of the clients. A good answer is a 200 within 800 ms of the intended start.</summary>
internal readonly record struct LoadResult(double GoodPerSecond, double GoodShare, double OkP99, double GeneratorBusy)
{
    /// <param name="file">The report of <c>herz load</c>.</param>
    /// <param name="from">First second of the run that counts for good answers; the p99 includes the whole run.</param>
    public static LoadResult Read(string file, int from)
    {
        using var report = JsonDocument.Parse(File.ReadAllBytes(file));
        var root = report.RootElement;
        double good = 0, offered = 0, seconds = 0;
        foreach (var slice in root.GetProperty("timeline").EnumerateArray().Where(slice => slice.GetProperty("from").GetDouble() >= from))
        {
            good += slice.GetProperty("good").GetDouble();
            offered += slice.GetProperty("offered").GetDouble();
            seconds += slice.GetProperty("offered").GetDouble() > 0 ? slice.GetProperty("seconds").GetDouble() : 0;
        }

        var requests = root.GetProperty("requests").GetDouble();
        return new LoadResult(
            from > 0 ? good / seconds : root.GetProperty("goodputPerSecond").GetDouble(),
            from > 0 ? good / offered : requests == 0 ? 0 : root.GetProperty("good").GetDouble() / requests,
            root.GetProperty("okLatency").GetProperty("p99").GetDouble(),
            root.GetProperty("busyShare").GetDouble());
    }
}

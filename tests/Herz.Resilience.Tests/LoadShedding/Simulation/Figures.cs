namespace Herz.Resilience.Tests.LoadShedding.Simulation;

/// <summary>What became of the requests that arrived in a span of a simulated run.</summary>
/// <param name="GoodPerSecond">How many were answered in time.</param>
/// <param name="GoodShare">The share of those that arrived which that is.</param>
/// <param name="Refused">How many were refused.</param>
/// <param name="P99">What 99 of 100 of those answered took at most, in seconds.</param>
internal sealed record Figures(double GoodPerSecond, double GoodShare, int Refused, double P99)
{
    /// <param name="requests">All of the run.</param>
    /// <param name="from">The begin of the span in seconds since that of the run.</param>
    /// <param name="to">Its end.</param>
    public static Figures Of(IEnumerable<SimulatedRequest> requests, double from, double to)
    {
        var all = requests.Where(request => request.Since >= from && request.Since < to).ToList();
        var good = all.Where(static request => request.Outcome == SimulatedOutcome.Answered).Select(static request => request.Seconds).Order().ToList();
        return new Figures(
            good.Count / (to - from),
            all.Count == 0 ? 1 : (double)good.Count / all.Count,
            all.Count(static request => request.Outcome == SimulatedOutcome.Refused),
            good.Count == 0 ? 0 : good[good.Count * 99 / 100]);
    }
}

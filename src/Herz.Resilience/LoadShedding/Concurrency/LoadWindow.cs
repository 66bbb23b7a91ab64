namespace Herz.Resilience.LoadShedding.Concurrency;

/// <summary>What one window of the requests of one endpoint measured.</summary>
/// <param name="At">The end of the window, in seconds on any clock.</param>
/// <param name="Seconds">Its length.</param>
/// <param name="Before">Requests in flight at its start, without those that wait for their client.</param>
/// <param name="After">The same at its end.</param>
/// <param name="Completed">Number of answered requests.</param>
/// <param name="Left">Number of requests that ended on their own, also with an error: the throughput of the endpoint.</param>
/// <param name="GivenUp">Number of requests that were given up: their deadline passed or their client left.</param>
/// <param name="AnsweredMean">Mean time of answered requests in seconds, without the time of their clients.</param>
/// <param name="Mean">Time of all requests divided by the number of answered ones.</param>
/// <param name="Error">Standard error of that mean.</param>
/// <param name="HitLimit">Whether a request reached the limit.</param>
/// <param name="Refused">Whether one was refused.</param>
/// <param name="Filling">Part of its length, after an idle time, before the first request could end.</param>
internal readonly record struct LoadWindow(
    double At, double Seconds, double Before, double After, int Completed, int Left, int GivenUp, double AnsweredMean, double Mean, double Error, bool HitLimit, bool Refused, double Filling = 0)
{
    public double PerSecond => Left / Busy;

    /// <summary>The seconds in which the endpoint completed requests.</summary>
    public double Busy => Seconds - Filling;

    /// <summary>Mean number in flight, from the times of the ended requests (Little's law).</summary>
    public double InFlight => Math.Max(Completed, 1) * Mean / Seconds;

    /// <summary>Arrivals minus completions.</summary>
    public double Excess => After - Before + GivenUp;

    /// <summary>Merges two consecutive windows.</summary>
    /// <param name="next">The following window.</param>
    public LoadWindow And(in LoadWindow next) => next with
    {
        Seconds = Seconds + next.Seconds,
        Before = Before,
        Filling = Filling + next.Filling,
        Completed = Completed + next.Completed,
        Left = Left + next.Left,
        GivenUp = GivenUp + next.GivenUp,
        AnsweredMean = ((AnsweredMean * Completed) + (next.AnsweredMean * next.Completed)) / Math.Max(1, Completed + next.Completed),
        Mean = ((Mean * Completed) + (next.Mean * next.Completed)) / Math.Max(1, Completed + next.Completed),
    };
}

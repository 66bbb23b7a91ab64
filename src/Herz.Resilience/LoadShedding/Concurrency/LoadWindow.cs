namespace Herz.Resilience.LoadShedding.Concurrency;

/// <summary>What one window of the requests of one endpoint measured.</summary>
/// <param name="At">The end of the window, in seconds on any clock.</param>
/// <param name="Seconds">Its length.</param>
/// <param name="Before">How many were in flight at its begin, without those that wait for their client.</param>
/// <param name="After">The same at its end.</param>
/// <param name="Completed">How many requests were answered in it.</param>
/// <param name="Left">How many ended on their own, also with an error, and so show how fast the endpoint works.</param>
/// <param name="GivenUp">How many were given up, since their deadline passed or their client left.</param>
/// <param name="AnsweredMean">The time that the answered took, in seconds; without that of the client.</param>
/// <param name="Mean">The time that all of them took, for each that was answered.</param>
/// <param name="Error">The standard error of that mean: how much of it may be chance.</param>
/// <param name="HitLimit">Whether a request met the limit.</param>
/// <param name="Refused">Whether one was refused for it.</param>
/// <param name="Filling">How much of its length went by before the first could end, after some rest.</param>
internal readonly record struct LoadWindow(
    double At, double Seconds, double Before, double After, int Completed, int Left, int GivenUp, double AnsweredMean, double Mean, double Error, bool HitLimit, bool Refused, double Filling = 0)
{
    public double PerSecond => Left / Busy;

    /// <summary>For how long of it the endpoint completed requests, in seconds.</summary>
    public double Busy => Seconds - Filling;

    /// <summary>How many were in flight on average, by the times of those that ended (Little's law).</summary>
    public double InFlight => Math.Max(Completed, 1) * Mean / Seconds;

    /// <summary>By how many more arrived than the endpoint completed.</summary>
    public double Excess => After - Before + GivenUp;

    /// <summary>Both as one.</summary>
    /// <param name="next">The one that follows.</param>
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

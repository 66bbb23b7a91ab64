namespace Herz.Resilience.LoadShedding;

/// <summary>What one window of finished requests of one endpoint measured.</summary>
/// <param name="At">The end of the window, in seconds on any clock.</param>
/// <param name="Seconds">Its length.</param>
/// <param name="Completed">How many requests were answered in it.</param>
/// <param name="GivenUp">How many were not, in time.</param>
/// <param name="Mean">The time that all of them took, in seconds, for each that was answered.</param>
/// <param name="Error">The standard error of that mean: how much of it may be chance.</param>
/// <param name="HitLimit">Whether a request met the limit.</param>
/// <param name="Refused">Whether one was refused for it.</param>
internal readonly record struct LoadWindow(double At, double Seconds, int Completed, int GivenUp, double Mean, double Error, bool HitLimit, bool Refused)
{
    public double PerSecond => Completed / Seconds;

    /// <summary>How many were in flight on average (Little's law).</summary>
    public double InFlight => Math.Max(Completed, 1) * Mean / Seconds;
}

namespace Herz.Resilience.Outbound.Retries;

/// <summary>
/// The delay before a retry: decorrelated jitter (Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog 2015), a random time
/// between the base and three times the previous delay, at most the cap.
/// </summary>
internal static class Backoff
{
    /// <param name="previous">The delay before the previous attempt; zero before the first retry.</param>
    /// <param name="first">The shortest delay.</param>
    /// <param name="longest">The longest delay.</param>
    /// <param name="random">A number from 0 to 1.</param>
    public static TimeSpan Next(TimeSpan previous, TimeSpan first, TimeSpan longest, double random)
    {
        var most = 3 * (previous > first ? previous : first);
        var delay = first + ((most - first) * random);
        return delay < longest ? delay : longest;
    }
}

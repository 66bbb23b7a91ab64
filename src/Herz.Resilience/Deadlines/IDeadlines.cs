namespace Herz.Resilience.Deadlines;

/// <summary>Gives the work of a request its share of the request's deadline. A singleton; inject it anywhere.</summary>
public interface IDeadlines
{
    /// <summary>
    /// What remains until the request must be answered, or until the innermost tier entered ends;
    /// <see langword="null"/> outside of a request, once the answer has begun, and while no deadline is enforced on the endpoint.
    /// </summary>
    TimeSpan? Remaining { get; }

    /// <summary>
    /// Enters a tier: its deadline is the shorter of the tier's own time and what remains around it.
    /// </summary>
    /// <param name="tier">The kind of work.</param>
    /// <param name="cancellationToken">A further reason to cancel; the request's own token is always one.</param>
    /// <returns>The deadline, to be disposed when the work has ended.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="tier"/> is not a tier.</exception>
    DeadlineLease Enter(DeadlineTier tier, CancellationToken cancellationToken = default);
}

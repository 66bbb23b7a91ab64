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
    /// <param name="tier">The name of the tier: one of <see cref="DeadlineTier"/>, or a key of <c>Herz:Deadlines:Tiers</c>.</param>
    /// <param name="cancellationToken">A further reason to cancel; the request's own token is always one.</param>
    /// <returns>The deadline, to be disposed when the work has ended.</returns>
    /// <exception cref="ArgumentException"><paramref name="tier"/> is not a tier.</exception>
    IDeadlineLease Enter(string tier, CancellationToken cancellationToken = default);
}

/// <summary>The deadline of one piece of work within its tier. Dispose it when the work has ended.</summary>
public interface IDeadlineLease : IDisposable
{
    /// <summary>The name of the tier that was entered.</summary>
    string Tier { get; }

    /// <summary>Ends when this deadline passes, when the one around it does, or when the client leaves.</summary>
    CancellationToken Token { get; }

    /// <summary>What remains; zero once the deadline has passed, <see cref="TimeSpan.MaxValue"/> where deadlines are not enforced.</summary>
    TimeSpan Remaining { get; }

    /// <summary>Whether it was this tier's deadline that passed, not one around it.</summary>
    bool IsExpired { get; }
}

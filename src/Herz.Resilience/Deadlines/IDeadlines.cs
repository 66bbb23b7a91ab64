namespace Herz.Resilience.Deadlines;

/// <summary>Gives the work of a request its share of the request's deadline. Registered as a singleton; inject it anywhere.</summary>
public interface IDeadlines
{
    /// <summary>
    /// The time that remains until the request must be answered, or until the innermost entered tier ends, whichever is shorter.
    /// <see langword="null"/> outside of a request, after the answer has started, and if no deadline is enforced on the endpoint.
    /// </summary>
    TimeSpan? Remaining { get; }

    /// <summary>
    /// Enters a tier. Its deadline is the shorter of the tier's own time and the remaining time of the enclosing deadline.
    /// </summary>
    /// <param name="tier">The name of the tier: one of <see cref="DeadlineTier"/>, or a key of <c>Herz:Deadlines:Tiers</c>.</param>
    /// <param name="cancellationToken">An additional reason to cancel. The request's own token always cancels too.</param>
    /// <returns>The deadline. Dispose it when the work has ended.</returns>
    /// <exception cref="ArgumentException"><paramref name="tier"/> is not a tier.</exception>
    IDeadlineLease Enter(string tier, CancellationToken cancellationToken = default);
}

/// <summary>The deadline of one piece of work within its tier. Dispose it when the work has ended.</summary>
public interface IDeadlineLease : IDisposable
{
    /// <summary>The name of the entered tier.</summary>
    string Tier { get; }

    /// <summary>Cancelled when this deadline or an enclosing one passes, or when the client disconnects.</summary>
    CancellationToken Token { get; }

    /// <summary>The remaining time: zero after the deadline has passed, <see cref="TimeSpan.MaxValue"/> if deadlines are not enforced.</summary>
    TimeSpan Remaining { get; }

    /// <summary>Whether this tier's own deadline has passed, not only an enclosing one.</summary>
    bool IsExpired { get; }
}

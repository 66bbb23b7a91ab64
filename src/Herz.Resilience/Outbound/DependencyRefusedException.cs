namespace Herz.Resilience.Outbound;

/// <summary>
/// A guard refused a call of <see cref="IDependency"/> before it was made. An HTTP call gets an answer with a status instead, as its
/// code expects.
/// </summary>
public sealed class DependencyRefusedException : Exception
{
    /// <summary>Creates an exception without details.</summary>
    public DependencyRefusedException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">The reason with its numbers.</param>
    public DependencyRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and its cause.</summary>
    /// <param name="message">The reason with its numbers.</param>
    /// <param name="innerException">The cause.</param>
    public DependencyRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal DependencyRefusedException(string message, string dependency, string guard, TimeSpan? retryAfter)
        : base(message)
    {
        Dependency = dependency;
        Guard = guard;
        RetryAfter = retryAfter;
    }

    /// <summary>The name of the dependency.</summary>
    public string Dependency { get; } = "";

    /// <summary>The guard that refused: <c>retry_after</c>, <c>circuit</c>, <c>throttling</c> or <c>concurrency</c>.</summary>
    public string Guard { get; } = "";

    /// <summary>The earliest moment at which a call can succeed; null if unknown.</summary>
    public TimeSpan? RetryAfter { get; }
}

namespace Herz.Resilience.BackgroundWork;

/// <summary>Thrown where background work cannot be accepted: the queue is full, or the app is shutting down.</summary>
public sealed class WorkRejectedException : InvalidOperationException
{
    /// <summary>Makes the exception without a reason.</summary>
    public WorkRejectedException()
    {
    }

    /// <summary>Makes the exception with its reason.</summary>
    /// <param name="message">Why the work was not accepted.</param>
    public WorkRejectedException(string message) : base(message)
    {
    }

    /// <summary>Makes the exception with its reason and what caused it.</summary>
    /// <param name="message">Why the work was not accepted.</param>
    /// <param name="innerException">The cause.</param>
    public WorkRejectedException(string message, Exception innerException) : base(message, innerException)
    {
    }
}

namespace Herz.Resilience.BackgroundWork;

/// <summary>Thrown when background work is not accepted: the queue is full, or the app is shutting down.</summary>
public sealed class WorkRejectedException : InvalidOperationException
{
    /// <summary>Creates the exception without a reason.</summary>
    public WorkRejectedException()
    {
    }

    /// <summary>Creates the exception with a reason.</summary>
    /// <param name="message">Why the work was not accepted.</param>
    public WorkRejectedException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with a reason and a cause.</summary>
    /// <param name="message">Why the work was not accepted.</param>
    /// <param name="innerException">The cause.</param>
    public WorkRejectedException(string message, Exception innerException) : base(message, innerException)
    {
    }
}

namespace Herz.Resilience.Tool.Running;

/// <summary>Sends the requests of a run when they are due and tells their outcomes to a recorder.</summary>
internal interface ILoadEngine : IDisposable
{
    /// <summary>Runs to the end, on the calling thread; on cancellation what is in flight counts as broken off.</summary>
    /// <returns>When it ended, in nanoseconds from its beginning.</returns>
    long Run(CancellationToken cancellationToken);
}

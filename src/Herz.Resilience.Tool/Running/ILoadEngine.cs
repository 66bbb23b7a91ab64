namespace Herz.Resilience.Tool.Running;

/// <summary>Sends the requests of a run when they are due and passes the outcomes to a recorder.</summary>
internal interface ILoadEngine : IDisposable
{
    /// <summary>Runs to the end on the calling thread; on cancellation, requests in flight count as broken off.</summary>
    /// <returns>Time of the end, in nanoseconds since the start.</returns>
    long Run(CancellationToken cancellationToken);
}

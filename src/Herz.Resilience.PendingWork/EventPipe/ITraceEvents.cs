namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>Takes the runtime's events as they are read.</summary>
internal interface ITraceEvents
{
    /// <param name="id">The number of the event.</param>
    /// <param name="payload">Its fields; valid during the call.</param>
    void OnRuntimeEvent(int id, ReadOnlySpan<byte> payload);
}

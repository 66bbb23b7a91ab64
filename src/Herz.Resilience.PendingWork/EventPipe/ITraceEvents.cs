namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>Receives the runtime events of a trace.</summary>
internal interface ITraceEvents
{
    /// <param name="id">The event id.</param>
    /// <param name="payload">The fields of the event; valid during the call.</param>
    void OnRuntimeEvent(int id, ReadOnlySpan<byte> payload);
}

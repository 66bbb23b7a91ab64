namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>One way to read the pending operations of this process.</summary>
internal interface ICaptureWay
{
    CaptureWay Way { get; }

    /// <summary>Reads, or refuses with a reason where the outcome could not be trusted.</summary>
    /// <param name="options">What to read.</param>
    /// <param name="deadline">The timestamp at which to give up.</param>
    CaptureAttempt TryCapture(PendingWorkOptions options, long deadline);
}

namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>A capture method for the pending operations of this process.</summary>
internal interface ICaptureWay
{
    CaptureWay Way { get; }

    /// <summary>Reads the operations, or returns the reason why the result would not be reliable.</summary>
    /// <param name="options">What to read.</param>
    /// <param name="deadline">The timestamp at which the attempt gives up.</param>
    CaptureAttempt TryCapture(PendingWorkOptions options, long deadline);
}

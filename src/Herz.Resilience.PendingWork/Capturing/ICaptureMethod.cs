namespace Herz.Resilience.PendingWork.Capturing;

/// <summary>A capture method for the pending operations of this process.</summary>
internal interface ICaptureMethod
{
    CaptureMethod Method { get; }

    /// <summary>Reads the operations, or returns the reason why the result would not be reliable.</summary>
    /// <param name="session">What to read, until when, and within which limits.</param>
    CaptureAttempt TryCapture(CaptureSession session);
}

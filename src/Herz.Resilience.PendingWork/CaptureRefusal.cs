namespace Herz.Resilience.PendingWork;

/// <summary>A capture method that gave no reliable result, and the reason.</summary>
/// <param name="Method">The capture method.</param>
/// <param name="Reason">What is missing or failed, in words for a person.</param>
public readonly record struct CaptureRefusal(CaptureMethod Method, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Method}: {Reason}";
}

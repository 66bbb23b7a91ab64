namespace Herz.Resilience.PendingWork;

/// <summary>A way that was tried and could not be trusted.</summary>
/// <param name="Way">The way.</param>
/// <param name="Reason">What is missing or went wrong, for a human.</param>
public readonly record struct CaptureRefusal(CaptureWay Way, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Way}: {Reason}";
}

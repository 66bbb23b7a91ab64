namespace Herz.Resilience.PendingWork.Walking;

/// <summary>A condition that must hold during a walk.</summary>
internal interface IWalkCheck
{
    /// <summary>The reason to stop; null to go on. Called several thousand times a second.</summary>
    WalkStop? Check();
}

/// <summary>Why a walk stopped.</summary>
/// <param name="Reason">The reason, in words for a person.</param>
/// <param name="IsTransient">Whether another walk may succeed.</param>
internal sealed record WalkStop(string Reason, bool IsTransient);

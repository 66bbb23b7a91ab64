namespace Herz.Resilience.Pipeline.Calls;

/// <summary>
/// The base of every guard of outgoing calls. It is asked before each attempt, also of a retry or a hedge, and learns the outcome of each
/// attempt that it admitted once. A guard that throws is skipped: see <see cref="GuardFaults"/>. A guard in the mode Observe counts a
/// refusal itself with <see cref="CallRefusals.Observed"/> and admits.
/// </summary>
internal abstract class CallGuard
{
    /// <summary>The place in the order.</summary>
    public abstract CallPlace Place { get; }

    /// <summary>Called before an attempt starts. Must not block.</summary>
    /// <param name="dependency">The dependency; the guard keeps its own state in <see cref="Dependency.Part"/>.</param>
    /// <param name="call">The attempt.</param>
    /// <param name="ticket">A number that this guard gets back in <see cref="Exit"/>; 0 at first.</param>
    /// <returns><see langword="null"/> to admit.</returns>
    public abstract CallRefusal? Enter(Dependency dependency, in OutgoingCall call, ref long ticket);

    /// <summary>
    /// Called once when an admitted attempt has ended; for HTTP that is when its headers have arrived. If a later guard refused the
    /// attempt, the result is <see cref="CallResult.Refused"/>. Must not block.
    /// </summary>
    public virtual void Exit(Dependency dependency, in OutgoingCall call, long ticket, in CallOutcome outcome)
    {
    }

    /// <summary>Called when a dependency that has not been used for long is forgotten, with its state. Attempts in flight still exit.</summary>
    public virtual void Forget(Dependency dependency)
    {
    }
}

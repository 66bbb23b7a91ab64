using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.Pipeline.Outcomes;
using Herz.Resilience.Pipeline.Refusals;

namespace Herz.Resilience.Pipeline;

/// <summary>
/// The base of every inbound feature. It admits or refuses, synchronously if possible, and is notified once of the outcome.
/// A guard that throws is skipped: see <see cref="GuardFaults"/>.
/// </summary>
internal abstract class RequestGuard
{
    private int? _index;

    /// <summary>The place of the guard in the order, the same in every pipeline.</summary>
    public abstract GuardPlace Place { get; }

    /// <summary>The name of this guard in refusals, metrics and logs, such as <c>rate_limiting</c>.</summary>
    public string Name => Place.Name();

    /// <summary>The moments at which the guard is called.</summary>
    public abstract GuardPhases Phases { get; }

    /// <summary>
    /// Whether it is also called for the app's health checks and static assets. Most guards are not: a health probe must reach
    /// the app, and guards should not keep data for thousands of files.
    /// </summary>
    public virtual bool EntersEverything => false;

    /// <summary><see cref="Place"/> as a number, without the virtual call.</summary>
    public int Index => _index ??= (int)Place;

    /// <summary>Called when the request arrives, before routing, when the endpoint is not known.</summary>
    /// <returns><see langword="null"/> to admit.</returns>
    public virtual ValueTask<Refusal?> ArriveAsync(RequestScope scope) => default;

    /// <summary>Called just before the endpoint runs, at most once per request, not for a re-executed error page.</summary>
    /// <returns><see langword="null"/> to admit.</returns>
    public virtual ValueTask<Refusal?> EnterAsync(RequestScope scope, GuardedEndpoint endpoint) => default;

    /// <summary>
    /// Called, if this guard admitted the request, when the endpoint has returned its task and so released its thread; on that
    /// thread, before <see cref="Exit"/>. Must not block.
    /// </summary>
    public virtual void Release(RequestScope scope)
    {
    }

    /// <summary>
    /// Called once with the outcome, if this guard admitted the request at any phase, even if another guard refused it
    /// later. Must not block.
    /// </summary>
    public virtual void Exit(RequestScope scope, in RequestOutcome outcome)
    {
    }
}

/// <summary>The moments of a request at which a guard is called.</summary>
[Flags]
internal enum GuardPhases
{
    None = 0,

    /// <summary>Before routing.</summary>
    Arrive = 1,

    /// <summary>Just before the endpoint runs.</summary>
    Enter = 2,

    /// <summary>After the request ended.</summary>
    Exit = 4,

    /// <summary>When the endpoint has returned its task.</summary>
    Release = 8,
}

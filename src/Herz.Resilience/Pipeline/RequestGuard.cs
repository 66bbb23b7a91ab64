using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.Pipeline.Outcomes;
using Herz.Resilience.Pipeline.Refusals;

namespace Herz.Resilience.Pipeline;

/// <summary>
/// What every inbound feature is: it admits or refuses, synchronously when possible, and learns the outcome once.
/// A guard that throws is passed over: see <see cref="GuardFaults"/>.
/// </summary>
internal abstract class RequestGuard
{
    private int? _index;

    /// <summary>The place of the guard in the order, the same in every pipeline.</summary>
    public abstract GuardPlace Place { get; }

    /// <summary>The term that refusals, metrics and logs call this guard by, such as <c>rate_limiting</c>.</summary>
    public string Name => Place.Name();

    /// <summary>The moments at which the guard wants to be asked.</summary>
    public abstract GuardPhases Phases { get; }

    /// <summary>
    /// Whether it is asked about the app's health checks and static assets too. Most are not: a probe must see the app, and
    /// thousands of files are no endpoints to learn about.
    /// </summary>
    public virtual bool EntersEverything => false;

    /// <summary><see cref="Place"/> without its virtual call.</summary>
    public int Index => _index ??= (int)Place;

    /// <summary>Asked when the request arrives, before routing: the endpoint is not known yet.</summary>
    /// <returns><see langword="null"/> to admit.</returns>
    public virtual ValueTask<Refusal?> ArriveAsync(RequestScope scope) => default;

    /// <summary>Asked when the request is about to enter its endpoint, at most once, not for a re-executed error page.</summary>
    /// <returns><see langword="null"/> to admit.</returns>
    public virtual ValueTask<Refusal?> EnterAsync(RequestScope scope, GuardedEndpoint endpoint) => default;

    /// <summary>
    /// Told, if this guard admitted it, that the endpoint has returned its task and so let go of its thread; on that
    /// thread, before <see cref="Exit"/>. Must not block.
    /// </summary>
    public virtual void Release(RequestScope scope)
    {
    }

    /// <summary>
    /// Told once how the request ended, if this guard admitted it at any phase, also when another guard refused it
    /// later. Must not block.
    /// </summary>
    public virtual void Exit(RequestScope scope, in RequestOutcome outcome)
    {
    }
}

/// <summary>The moments of a request at which a guard is asked.</summary>
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

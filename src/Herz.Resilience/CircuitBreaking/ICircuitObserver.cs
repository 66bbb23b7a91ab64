namespace Herz.Resilience.CircuitBreaking;

/// <summary>
/// Notified of every state change of every circuit, once and in order. Register any number in the services. Called on the thread of a
/// request, outside of any lock: it must not block. What it throws is logged and goes no further.
/// </summary>
public interface ICircuitObserver
{
    /// <summary>A circuit has changed its state.</summary>
    /// <param name="change">The change.</param>
    void OnCircuitChanged(CircuitChange change);
}

/// <summary>One state change of one circuit.</summary>
/// <param name="Endpoint">The methods and the route, such as <c>GET /orders/{id}</c>.</param>
/// <param name="From">The state before.</param>
/// <param name="To">The state now.</param>
/// <param name="BreakDuration">How long it refuses; null unless it has opened.</param>
/// <param name="Time">When it happened.</param>
public sealed record CircuitChange(string Endpoint, CircuitStatus From, CircuitStatus To, TimeSpan? BreakDuration, DateTimeOffset Time)
{
    /// <summary>Why, with the numbers that decided, as one clause for a log or a page: <c>it is down: 48 of 48 requests failed in 2.6 s</c>.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>The state of a circuit.</summary>
public enum CircuitStatus
{
    /// <summary>Requests pass and are counted.</summary>
    Closed,

    /// <summary>One request at a time is let through; its outcome decides.</summary>
    HalfOpen,

    /// <summary>Requests are refused.</summary>
    Open,
}

namespace Herz.Resilience.CircuitBreaking;

/// <summary>
/// Gets every state change of every circuit, once and in order. Register any number of observers as services. The call is made on a
/// request's thread, outside any lock: it must not block. An exception is logged and has no other effect.
/// </summary>
public interface ICircuitObserver
{
    /// <summary>A circuit has changed its state.</summary>
    /// <param name="change">The change.</param>
    void OnCircuitChanged(CircuitChange change);
}

/// <summary>One state change of one circuit.</summary>
/// <param name="Name">The name of the circuit: the HTTP methods and the route, such as <c>GET /orders/{id}</c>, or the name of the dependency.</param>
/// <param name="Direction">Which requests the circuit guards.</param>
/// <param name="From">The state before.</param>
/// <param name="To">The state now.</param>
/// <param name="BreakDuration">How long the circuit refuses; null unless it has opened.</param>
/// <param name="Time">The time of the change.</param>
public sealed record CircuitChange(
    string Name, CircuitDirection Direction, CircuitStatus From, CircuitStatus To, TimeSpan? BreakDuration, DateTimeOffset Time)
{
    /// <summary>The cause with its numbers, as one clause for a log or a page: <c>the endpoint is down: 48 of 48 requests failed in 2.6 s</c>.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>Which requests a circuit guards.</summary>
public enum CircuitDirection
{
    /// <summary>Requests to an endpoint of the app.</summary>
    Inbound,

    /// <summary>Calls of the app to a dependency.</summary>
    Outbound,
}

/// <summary>The state of a circuit.</summary>
public enum CircuitStatus
{
    /// <summary>Requests pass and are counted.</summary>
    Closed,

    /// <summary>One request passes as a probe; while probes succeed, more and more pass.</summary>
    HalfOpen,

    /// <summary>Requests are refused.</summary>
    Open,

    /// <summary>Requests are refused until the circuit is closed manually.</summary>
    Isolated,
}

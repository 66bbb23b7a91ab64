namespace Herz.Resilience.CircuitBreaking;

/// <summary>
/// The circuits of the app, for manual control. A circuit exists from the first request on. Each command is logged with its
/// reason and observed as any other change. Thread-safe.
/// </summary>
public interface ICircuits
{
    /// <summary>All circuits with their present state.</summary>
    IReadOnlyList<CircuitSnapshot> List();

    /// <summary>Refuses all requests of a circuit until it is closed or reset.</summary>
    /// <param name="name">The name of the circuit as in <see cref="CircuitChange.Name"/>.</param>
    /// <param name="reason">Who does it and why, for the log.</param>
    /// <returns>False if there is no circuit of this name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> or <paramref name="reason"/> is null or blank.</exception>
    bool Isolate(string name, string reason);

    /// <summary>Closes a circuit now; its rules count from zero.</summary>
    /// <inheritdoc cref="Isolate" path="/param"/>
    /// <inheritdoc cref="Isolate" path="/returns"/>
    /// <inheritdoc cref="Isolate" path="/exception"/>
    bool Close(string name, string reason);

    /// <summary>Closes a circuit now, and forgets what it has learned: its usual failure ratio and the growth of its breaks.</summary>
    /// <inheritdoc cref="Isolate" path="/param"/>
    /// <inheritdoc cref="Isolate" path="/returns"/>
    /// <inheritdoc cref="Isolate" path="/exception"/>
    bool Reset(string name, string reason);
}

/// <summary>One circuit at one moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Direction">Which requests it guards.</param>
/// <param name="Status">Its state.</param>
public sealed record CircuitSnapshot(string Name, CircuitDirection Direction, CircuitStatus Status);

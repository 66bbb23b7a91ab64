using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.CircuitBreaking;

/// <summary>All circuits of the app by name.</summary>
internal sealed class CircuitRegistry(ILogger<CircuitRegistry> logger) : ICircuits
{
    private readonly ConcurrentDictionary<string, Circuit> _circuits = new(StringComparer.Ordinal);

    public IEnumerable<Circuit> All => _circuits.Select(static entry => entry.Value);

    public Circuit GetOrAdd<TState>(string name, Func<string, TState, Circuit> create, TState state) => _circuits.GetOrAdd(name, create, state);

    /// <summary>Forgets a circuit whose dependency was forgotten.</summary>
    public void Remove(Circuit circuit) => _circuits.TryRemove(new KeyValuePair<string, Circuit>(circuit.Name, circuit));

    public IReadOnlyList<CircuitSnapshot> List() =>
        [.. All.Select(static circuit => new CircuitSnapshot(circuit.Name, circuit.Direction, circuit.Status)).OrderBy(static circuit => circuit.Name, StringComparer.Ordinal)];

    public bool Isolate(string name, string reason) => Command(name, reason, CircuitCommand.Isolate);

    public bool Close(string name, string reason) => Command(name, reason, CircuitCommand.Close);

    public bool Reset(string name, string reason) => Command(name, reason, CircuitCommand.Reset);

    public bool Command(string name, string reason, CircuitCommand command)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        if (!_circuits.TryGetValue(name, out var circuit))
        {
            return false;
        }

        // Before the change, so that the log has it even if an observer fails.
        logger.CircuitCommanded(name, command, circuit.Status, reason);
        circuit.Execute(command, reason);
        return true;
    }
}

/// <summary>What a person can do with a circuit.</summary>
internal enum CircuitCommand
{
    Isolate,
    Close,
    Reset,
}

using System.Runtime.CompilerServices;

namespace Herz.Resilience.Pipeline.Calls;

/// <summary>A service that the app calls: a configured name, or the authority of its calls.</summary>
/// <param name="name">The configured name, or the authority such as <c>stock:5001</c>; for gRPC with the service.</param>
/// <param name="label">The same for metrics, which distinguish at most 100.</param>
internal class Dependency(string name, string label)
{
    private Parts _parts;

    public string Name { get; } = name;

    public string Label { get; } = label;

    /// <summary>What a guard keeps for this dependency. Set it with an interlocked exchange: calls run in parallel.</summary>
    public ref object? Part(CallGuard guard) => ref _parts[(int)guard.Place];

    [InlineArray((int)CallPlace.Count)]
    private struct Parts
    {
        private object? _first;
    }
}

using System.Globalization;

namespace Herz.Resilience.CircuitBreaking.Evidence;

/// <summary>
/// The number of paths and clients with failures. A broken endpoint fails for most of both; one poison id that a client retries in a
/// loop is one path of many, and one client with broken requests is one client of many.
/// </summary>
internal struct SourceSpread
{
    private Spread _paths;
    private Spread _clients;

    public readonly bool IsMost => _paths.IsMost && _clients.IsMost;

    public void Add(in RequestSource source, bool failed)
    {
        _paths.Add(source.Path, failed);
        _clients.Add(source.Client, failed);
    }

    public void Add(in SourceSpread other)
    {
        _paths.Add(other._paths);
        _clients.Add(other._clients);
    }

    public readonly bool IsAbove(double share) => _paths.IsAbove(share) && _clients.IsAbove(share);

    public override readonly string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"about {_paths.Failing:0} of {_paths.Seen:0} paths and {_clients.Failing:0} of {_clients.Seen:0} clients");
}

using System.Text.Json;

namespace Herz.Resilience.Benchmarks.Harmless.Servers;

/// <summary>What is left in an app after its clients have gone, as the meter of the bundle has it.</summary>
internal sealed record HerzState
{
    /// <summary>Requests that hold a place, wait for one, or have not ended.</summary>
    public double InFlight { get; init; }

    public double Faults { get; init; }

    /// <summary>Requests that count as failures of the app.</summary>
    public double Blamed { get; init; }

    public string[] OpenCircuits { get; init; } = [];

    public string[] Limits { get; init; } = [];

    public string[] Refusals { get; init; } = [];

    /// <summary>What the bundle logged as a warning or worse.</summary>
    public string[] Log { get; init; } = [];

    public string Write() => JsonSerializer.Serialize(this);

    public static HerzState Read(string text) => JsonSerializer.Deserialize<HerzState>(text)!;

    /// <summary>What is wrong with it.</summary>
    /// <param name="failures">The failures that clients have seen or that the app means: as many may be blamed on it.</param>
    /// <param name="hasRefusals">Whether refusals and open circuits belong to the row.</param>
    public IEnumerable<string> Complaints(int failures, bool hasRefusals)
    {
        if (InFlight != 0)
        {
            yield return $"{InFlight:F0} in flight";
        }

        foreach (var circuit in hasRefusals ? [] : OpenCircuits)
        {
            yield return $"circuit of {circuit}";
        }

        foreach (var limit in Limits)
        {
            yield return $"limit of {limit}";
        }

        foreach (var refusal in hasRefusals ? [] : Refusals)
        {
            yield return $"refused {refusal}";
        }

        if (Blamed > failures)
        {
            yield return $"{Blamed - failures:F0} blamed on the app";
        }

        if (Faults != 0)
        {
            yield return $"{Faults:F0} faults of guards";
        }
    }
}

using System.Text.Json;

namespace Herz.Resilience.Benchmarks.Harmless.Servers;

/// <summary>The state of an app after its clients stopped, read from the meter of the bundle.</summary>
internal sealed record HerzState
{
    /// <summary>Requests in progress or waiting.</summary>
    public double InFlight { get; init; }

    public double Faults { get; init; }

    /// <summary>Requests that count as failures of the app.</summary>
    public double Blamed { get; init; }

    public string[] OpenCircuits { get; init; } = [];

    public string[] Limits { get; init; } = [];

    public string[] Refusals { get; init; } = [];

    /// <summary>Log messages of the bundle with level warning or higher.</summary>
    public string[] Log { get; init; } = [];

    public string Write() => JsonSerializer.Serialize(this);

    public static HerzState Read(string text) => JsonSerializer.Deserialize<HerzState>(text)!;

    /// <summary>Lists the problems of the state.</summary>
    /// <param name="failures">Failures seen by clients or intended by the app; this many may count as failures of the app.</param>
    /// <param name="hasRefusals">Whether the row expects refusals and open circuits.</param>
    public IEnumerable<string> Problems(int failures, bool hasRefusals)
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
            yield return $"{Blamed - failures:F0} counted as failures of the app";
        }

        if (Faults != 0)
        {
            yield return $"{Faults:F0} guard faults";
        }
    }
}

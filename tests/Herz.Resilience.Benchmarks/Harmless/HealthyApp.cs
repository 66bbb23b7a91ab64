using Herz.Resilience.Benchmarks.Harmless.Clients;

namespace Herz.Resilience.Benchmarks.Harmless;

/// <summary>One row: an app that is well, and what its clients do with it. The same app runs bare and with the one call.</summary>
/// <param name="Name">How the row is chosen.</param>
/// <param name="Title">What the app and its clients do.</param>
/// <param name="Map">Adds middleware and endpoints.</param>
/// <param name="DriveAsync">Sends the requests and counts what came back.</param>
internal sealed record HealthyApp(string Name, string Title, Action<WebApplication> Map, Func<Visitor, Task> DriveAsync)
{
    /// <summary>The row of the field reports that it stands for, if any.</summary>
    public string Field { get; init; } = "";

    /// <summary>Adds services.</summary>
    public Action<WebApplicationBuilder> Configure { get; init; } = static _ => { };

    /// <summary>What a user would set below <c>Herz</c> for this app; none for the default configuration.</summary>
    public (string Key, string Value)[] Settings { get; init; } = [];

    /// <summary>Whether the one call is made in this app itself; otherwise the app makes it in hosts of its own.</summary>
    public bool IsGuarded { get; init; } = true;

    /// <summary>
    /// Whether refusals belong to the row: of a limit that the user configured, or of the circuit of an endpoint that fails for good.
    /// </summary>
    public bool HasRefusals { get; init; }

    /// <summary>Whether it takes so much of the machine, or holds a process for so long, that no other row runs beside it.</summary>
    public bool IsAlone { get; init; }

    /// <summary>Whether its load takes as long however long the run is to be.</summary>
    public bool HasFixedTimes { get; init; }

    /// <summary>Whether it also listens with TLS.</summary>
    public bool HasTls { get; init; }
}

using Herz.Resilience.Benchmarks.Harmless.Clients;

namespace Herz.Resilience.Benchmarks.Harmless;

/// <summary>One row: a healthy app and its clients. The same app runs bare and with the one call.</summary>
/// <param name="Name">Name of the row on the command line.</param>
/// <param name="Title">Description of the app and its clients.</param>
/// <param name="Map">Adds middleware and endpoints.</param>
/// <param name="DriveAsync">Sends the requests and counts the answers.</param>
internal sealed record HealthyApp(string Name, string Title, Action<WebApplication> Map, Func<Visitor, Task> DriveAsync)
{
    /// <summary>The row of the field reports that it covers, if any.</summary>
    public string Field { get; init; } = "";

    /// <summary>Adds services.</summary>
    public Action<WebApplicationBuilder> Configure { get; init; } = static _ => { };

    /// <summary>Configuration below <c>Herz</c> for this app; empty for the default configuration.</summary>
    public (string Key, string Value)[] Settings { get; init; } = [];

    /// <summary>Whether the one call is made in this app; otherwise the app makes it in its own inner hosts.</summary>
    public bool IsGuarded { get; init; } = true;

    /// <summary>
    /// Whether the row expects refusals: by a configured limit, or by the circuit of an endpoint that fails permanently.
    /// </summary>
    public bool HasRefusals { get; init; }

    /// <summary>Whether no other row runs in parallel, because this row needs much CPU or stops a process for long.</summary>
    public bool IsAlone { get; init; }

    /// <summary>Whether the duration of its load ignores <c>--seconds</c>.</summary>
    public bool HasFixedTimes { get; init; }

    /// <summary>Whether the app also listens with TLS.</summary>
    public bool HasTls { get; init; }
}

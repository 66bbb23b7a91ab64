using Herz.Resilience.Tool.Requests;

namespace Herz.Resilience.Tool.Scenarios;

/// <summary>A load described in a file: requests, and settings that the command line may override.</summary>
/// <param name="Settings">Values by option name, without dashes.</param>
/// <param name="Expect">Thresholds.</param>
/// <param name="Requests">The request templates.</param>
internal sealed record Scenario(IReadOnlyDictionary<string, string> Settings, IReadOnlyList<string> Expect, IReadOnlyList<RequestTemplate> Requests);

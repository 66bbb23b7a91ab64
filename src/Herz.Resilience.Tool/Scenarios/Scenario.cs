using Herz.Resilience.Tool.Requests;

namespace Herz.Resilience.Tool.Scenarios;

/// <summary>A load described in a file: what is asked, and settings that the command line may override.</summary>
/// <param name="Settings">Values by the name of their option, without dashes.</param>
/// <param name="Expect">Thresholds.</param>
/// <param name="Requests">What is asked.</param>
internal sealed record Scenario(IReadOnlyDictionary<string, string> Settings, IReadOnlyList<string> Expect, IReadOnlyList<RequestTemplate> Requests);

namespace Herz.Resilience.Health.Probes;

/// <summary>The answer to a probe.</summary>
/// <param name="Kind">The probe.</param>
/// <param name="Passed">Whether it passes.</param>
/// <param name="Status">The state in one word.</param>
/// <param name="Checks">The checks that it includes.</param>
internal sealed record ProbeAnswer(ProbeKind Kind, bool Passed, string Status, IReadOnlyList<ProbeCheck> Checks);

/// <summary>One check in the answer to a probe.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">Its state.</param>
/// <param name="Impact">What a failure means.</param>
internal readonly record struct ProbeCheck(string Name, CheckStatus Status, HealthImpact Impact)
{
    /// <summary>What a feature of the bundle says about its state; null for checks of the app, whose texts may be secret.</summary>
    public string? Text { get; init; }

    /// <summary>The age of the last result if it is older than it should be.</summary>
    public TimeSpan? StaleFor { get; init; }
}

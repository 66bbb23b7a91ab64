namespace Herz.Resilience.Management;

/// <summary>
/// A state that a feature shows on the bundle's own <c>ready</c> probe. It never fails the probe. It is not one of the app's health
/// checks: those are in every <c>MapHealthChecks</c> and publisher of the app, where <c>Degraded</c> may mean 503.
/// Registered as an enumerable singleton.
/// </summary>
internal abstract class ProbeNote
{
    /// <summary>The name among the checks of the probe. A health check of the app with this name replaces the note.</summary>
    public abstract string Name { get; }

    /// <summary>Why the feature is degraded, in one short sentence without anything secret; null while it is healthy.</summary>
    public abstract string? Degraded { get; }
}

namespace Herz.Resilience.PendingWork;

/// <summary>Where an operation came from, as told by the origin token in its execution context.</summary>
/// <param name="Label">The token's label, for example the route.</param>
/// <param name="Id">The token's identity; 0 where its <see cref="OriginMarker"/> names none.</param>
public sealed record PendingOrigin(string Label, long Id)
{
    /// <inheritdoc/>
    public override string ToString() => Id == 0 ? Label : $"{Label} #{Id}";
}

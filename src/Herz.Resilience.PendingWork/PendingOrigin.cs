namespace Herz.Resilience.PendingWork;

/// <summary>The origin of an operation, from the origin token in its execution context.</summary>
/// <param name="Label">The token's label, for example the route.</param>
/// <param name="Id">The id of the token; 0 if its <see cref="OriginMarker"/> defines none.</param>
public sealed record PendingOrigin(string Label, long Id)
{
    /// <inheritdoc/>
    public override string ToString() => Id == 0 ? Label : $"{Label} #{Id}";
}

namespace Herz.Resilience.Origins;

/// <summary>
/// The one ambient record of the current work: a request, a deadline tier inside a request, or background work.
/// It flows with the execution context, so all work that this work starts holds its <see cref="Origin"/>.
/// </summary>
internal abstract class AmbientWork
{
    private static readonly AsyncLocal<AmbientWork?> s_current = new();

    public static AmbientWork? Current
    {
        get => s_current.Value;
        set => s_current.Value = value;
    }

    /// <summary>The token of the origin that this work belongs to; null if its leaks are not tracked.</summary>
    public OriginToken? Origin { get; set; }

    /// <summary>Ends the request or the background work; what is left of it holds only the rest of its token.</summary>
    public void EndOrigin()
    {
        if (Origin is { } token)
        {
            Origin = token.Rest();
            token.End();
        }
    }

    /// <summary>The outermost work: this work, or the work that contains it.</summary>
    public virtual AmbientWork Root => this;

    /// <summary>The timestamp at which the work must have ended; <see cref="long.MaxValue"/> for never.</summary>
    public virtual long Ends => long.MaxValue;
}

/// <summary>A part of a request or of background work, such as a deadline tier. Its origin is that of the work it belongs to.</summary>
internal abstract class AmbientPart : AmbientWork
{
    /// <summary>The request or background work that it belongs to; null if it belongs to none.</summary>
    public AmbientWork? Whole { get; protected init; }

    public override AmbientWork Root => Whole ?? this;
}

/// <summary>Background work with a deadline.</summary>
internal sealed class BackgroundScope : AmbientWork;

namespace Herz.Resilience.Origins;

/// <summary>
/// The one ambient record of the work that this code runs for: a request, a deadline tier inside of one, or background work.
/// It flows with the execution context, so everything that the work starts holds its <see cref="Origin"/>.
/// </summary>
internal abstract class AmbientWork
{
    private static readonly AsyncLocal<AmbientWork?> s_current = new();

    public static AmbientWork? Current
    {
        get => s_current.Value;
        set => s_current.Value = value;
    }

    /// <summary>The token of the origin that this work belongs to; null where leaks are not watched.</summary>
    public OriginToken? Origin { get; set; }

    /// <summary>The outermost work: this one, or what it runs inside of.</summary>
    public virtual AmbientWork Root => this;
}

/// <summary>Background work with a deadline.</summary>
internal sealed class BackgroundScope : AmbientWork;

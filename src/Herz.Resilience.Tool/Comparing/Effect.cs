namespace Herz.Resilience.Tool.Comparing;

/// <summary>The meaning of a difference.</summary>
internal enum Effect
{
    /// <summary>The difference may be random.</summary>
    None,

    /// <summary>The second run is better.</summary>
    Better,

    /// <summary>The second run is worse.</summary>
    Worse,
}

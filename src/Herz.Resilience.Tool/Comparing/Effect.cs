namespace Herz.Resilience.Tool.Comparing;

/// <summary>What a difference means.</summary>
internal enum Effect
{
    /// <summary>The runs cannot tell it from chance.</summary>
    None,

    /// <summary>The second run is better.</summary>
    Better,

    /// <summary>The second run is worse.</summary>
    Worse,
}

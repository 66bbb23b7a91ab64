namespace Herz.Resilience.Configuration;

/// <summary>What the options of every feature share.</summary>
public abstract class FeatureOptions
{
    /// <summary>How far this feature goes; overrides <see cref="HerzOptions.Mode"/>.</summary>
    /// <value>The default is <see langword="null"/>: the mode of the whole bundle.</value>
    public GuardMode? Mode { get; set; }
}

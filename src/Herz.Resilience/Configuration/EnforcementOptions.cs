namespace Herz.Resilience;

/// <summary>What the options of every feature share that refuses or cuts something.</summary>
public abstract class EnforcementOptions
{
    /// <summary>How far this feature goes; overrides <see cref="HerzOptions.Mode"/>.</summary>
    /// <value>The default is <see langword="null"/>: the mode of the whole bundle.</value>
    public EnforcementMode? Mode { get; set; }
}

/// <summary>What the options of every feature share that only reports.</summary>
public abstract class ReportingOptions
{
    /// <summary>Whether this feature is on. <see cref="HerzOptions.Mode"/> <see cref="EnforcementMode.Off"/> switches it off too.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Enabled { get; set; } = true;
}

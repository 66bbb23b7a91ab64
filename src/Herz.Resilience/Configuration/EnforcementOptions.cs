namespace Herz.Resilience;

/// <summary>The base of the options of every feature that refuses or cancels something.</summary>
public abstract class EnforcementOptions
{
    /// <summary>Mode of this feature; overrides <see cref="HerzOptions.Mode"/>.</summary>
    /// <value>The default is <see langword="null"/>: the mode of the whole bundle.</value>
    public EnforcementMode? Mode { get; set; }
}

/// <summary>The base of the options of every feature that only reports.</summary>
public abstract class ReportingOptions
{
    /// <summary>Whether this feature is on. <see cref="HerzOptions.Mode"/> <see cref="EnforcementMode.Off"/> also turns it off.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Enabled { get; set; } = true;
}

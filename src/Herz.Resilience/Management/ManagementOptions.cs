namespace Herz.Resilience.Management;

/// <summary>Where the management pages are served, and to whom: the section <c>Herz:Management</c>.</summary>
public sealed class ManagementOptions
{
    /// <summary>
    /// Separate port for the management pages. If set, metrics and everything under <c>/debug/herz/</c> and <c>/herz</c> are served only
    /// there, and the probe also there. Read at start; 1 to 65535, or 0 for any free port, which the log names.
    /// </summary>
    /// <value>The default is <see langword="null"/>: metrics on the app's port, the other pages there only in Development or under <see cref="AuthorizationPolicy"/>.</value>
    public int? Port { get; set; }

    /// <summary>Authorization policy of the app that opens <c>/debug/herz/</c> and <c>/herz</c> on the app's port outside Development.</summary>
    /// <value>The default is <see langword="null"/>: they are not served there.</value>
    public string? AuthorizationPolicy { get; set; }
}

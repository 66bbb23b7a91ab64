namespace Herz.Resilience.Management;

/// <summary>Where the pages for operators are answered, and to whom: the section <c>Herz:Management</c>.</summary>
public sealed class ManagementOptions
{
    /// <summary>
    /// A port of their own. With it, metrics and everything under <c>/debug/herz/</c> and <c>/herz</c> is answered there
    /// alone, beside the probe. Taken at start; 1 to 65535, or 0 for any free port, which the log names.
    /// </summary>
    /// <value>The default is <see langword="null"/>: metrics on the app's port, the rest there only in Development or under <see cref="AuthorizationPolicy"/>.</value>
    public int? Port { get; set; }

    /// <summary>The app's authorization policy that opens <c>/debug/herz/</c> and <c>/herz</c> on the app's port outside of Development.</summary>
    /// <value>The default is <see langword="null"/>: they are not answered there.</value>
    public string? AuthorizationPolicy { get; set; }
}

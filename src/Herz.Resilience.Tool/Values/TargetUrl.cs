namespace Herz.Resilience.Tool.Values;

/// <summary>Parses the URL of a target.</summary>
internal static class TargetUrl
{
    /// <summary>Parses an absolute http or https URL.</summary>
    /// <exception cref="UsageException">The text is not an absolute http or https URL.</exception>
    public static Uri Parse(string text, string what) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 && url.UserInfo.Length == 0
            ? url
            : throw new UsageException($"{what} is '{text}'; it must be a full http or https URL such as http://localhost:5000/orders, without a user name");
}

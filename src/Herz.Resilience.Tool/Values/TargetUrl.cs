namespace Herz.Resilience.Tool.Values;

/// <summary>The URL of a target.</summary>
internal static class TargetUrl
{
    /// <summary>Reads an absolute http or https URL.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static Uri Parse(string text, string what) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 && url.UserInfo.Length == 0
            ? url
            : throw new UsageException($"{what} is '{text}'; it must be a whole URL such as http://localhost:5000/orders, without a user name in it");
}

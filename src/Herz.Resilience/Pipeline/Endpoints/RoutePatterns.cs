namespace Herz.Resilience.Pipeline.Endpoints;

/// <summary>Compares a route of the configuration with one of the app, as the text that the app maps.</summary>
internal static class RoutePatterns
{
    /// <summary>Adds the leading slash and drops a trailing one, so that "orders" and "/orders/" are the same route.</summary>
    public static string Normalize(string? pattern)
    {
        var trimmed = pattern.AsSpan().Trim();
        if (trimmed.StartsWith("~"))
        {
            trimmed = trimmed[1..];
        }

        return $"/{trimmed.Trim('/')}";
    }

    /// <summary>Whether both name the same route; case does not matter, as in routing.</summary>
    public static bool Same(string normalized, string? other) =>
        string.Equals(normalized, Normalize(other), StringComparison.OrdinalIgnoreCase);
}

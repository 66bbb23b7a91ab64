namespace Herz.Resilience.Tool.Values;

/// <summary>Parses headers in the form <c>Name: value</c>.</summary>
internal static class HeaderLine
{
    private static readonly string[] s_reserved = ["content-length", "transfer-encoding", "connection"];

    /// <summary>Parses a header.</summary>
    /// <exception cref="UsageException">The text is not a header, or the generator sets this header itself.</exception>
    public static KeyValuePair<string, string> Parse(string text, string what)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 1
            ? throw new UsageException($"{what} is '{text}'; it must be 'Name: value'")
            : Check(text[..colon].Trim(), text[(colon + 1)..].Trim(), what);
    }

    /// <summary>Validates the name and value of a header.</summary>
    /// <exception cref="UsageException">The header cannot be sent.</exception>
    public static KeyValuePair<string, string> Check(string name, string value, string what)
    {
        if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)))
        {
            throw new UsageException($"{what} has the name '{name}'; a header name may contain only letters, digits and !#$%&'*+-.^_`|~");
        }

        if (value.Any(c => (char.IsControl(c) && c != '\t') || c > 255))
        {
            throw new UsageException($"{what} sets {name} to a value with a line break, a control character or a character outside Latin-1; these cannot be sent");
        }

        return s_reserved.Contains(name.ToLowerInvariant())
            ? throw new UsageException($"{what} sets {name}, which herz sets itself; remove it")
            : new KeyValuePair<string, string>(name, value);
    }
}

namespace Herz.Resilience.Tool.Values;

/// <summary>A header as people write it: <c>Name: value</c>.</summary>
internal static class HeaderLine
{
    private static readonly string[] s_ours = ["content-length", "transfer-encoding", "connection"];

    /// <summary>Reads a header.</summary>
    /// <exception cref="UsageException">It is none, or one that the generator itself decides.</exception>
    public static KeyValuePair<string, string> Parse(string text, string what)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 1
            ? throw new UsageException($"{what} is '{text}'; it must be 'Name: value'")
            : Check(text[..colon].Trim(), text[(colon + 1)..].Trim(), what);
    }

    /// <summary>Checks a header's name and value.</summary>
    /// <exception cref="UsageException">They cannot be sent.</exception>
    public static KeyValuePair<string, string> Check(string name, string value, string what)
    {
        if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)))
        {
            throw new UsageException($"{what} has the name '{name}'; a header's name is made of letters, digits and !#$%&'*+-.^_`|~");
        }

        if (value.Any(c => (char.IsControl(c) && c != '\t') || c > 255))
        {
            throw new UsageException($"{what} gives {name} a value with a line break, a control character or one beyond Latin-1; such a value cannot be sent");
        }

        return s_ours.Contains(name.ToLowerInvariant())
            ? throw new UsageException($"{what} sets {name}, which herz sets itself; leave it out")
            : new KeyValuePair<string, string>(name, value);
    }
}

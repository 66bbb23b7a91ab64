using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.LeakWatchdog.Pages;

/// <summary>Reads the query parameters of a page and keeps the first mistake.</summary>
internal sealed class QueryReader(HttpRequest request)
{
    private readonly List<string> _known = [];

    /// <summary>One sentence about the first invalid parameter; null if all are valid.</summary>
    public string? Mistake { get; private set; }

    /// <summary>The value as sent; empty if missing.</summary>
    public string Text(string name)
    {
        _known.Add(name);
        return request.Query[name].ToString();
    }

    public bool Switch(string name)
    {
        var value = Text(name);
        if (value.Length > 0 && !bool.TryParse(value, out _))
        {
            Reject(name, value, "true or false");
        }

        return bool.TryParse(value, out var isOn) && isOn;
    }

    /// <summary>A whole number; null if missing or invalid.</summary>
    public int? WholeNumber(string name, int min, int max, string unit)
    {
        var value = Text(name);
        if (value.Length == 0)
        {
            return null;
        }

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        Reject(name, value, $"a whole number of {unit} from {min} to {max}");
        return null;
    }

    public void Reject(string name, string value, string expected) => Mistake ??= $"{name} is \"{value}\"; expected {expected}.";

    /// <summary>Rejects all parameters that were not read before.</summary>
    public void RejectOthers()
    {
        if (request.Query.Keys.Except(_known, StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } unknown)
        {
            Mistake ??= $"Unknown parameter \"{unknown}\". Known parameters: {string.Join(", ", _known)}.";
        }
    }
}

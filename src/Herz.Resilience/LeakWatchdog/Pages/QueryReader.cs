using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.LeakWatchdog.Pages;

/// <summary>Reads the parameters of a page and remembers the first mistake.</summary>
internal sealed class QueryReader(HttpRequest request)
{
    private readonly List<string> _asked = [];

    /// <summary>One sentence on the first parameter that makes no sense; null where all do.</summary>
    public string? Mistake { get; private set; }

    /// <summary>The value as it stands; empty where there is none.</summary>
    public string Text(string name)
    {
        _asked.Add(name);
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

    /// <summary>A whole number; null where there is none.</summary>
    public int? Whole(string name, int least, int most, string unit)
    {
        var value = Text(name);
        if (value.Length == 0)
        {
            return null;
        }

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        Reject(name, value, $"a whole number of {unit} from {least} to {most}");
        return null;
    }

    public void Reject(string name, string value, string expected) => Mistake ??= $"{name} is \"{value}\"; expected {expected}.";

    /// <summary>A parameter that nobody asked for is a mistake too.</summary>
    public void RejectOthers()
    {
        if (request.Query.Keys.Except(_asked, StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } unknown)
        {
            Mistake ??= $"There is no \"{unknown}\" here; known are {string.Join(", ", _asked)}.";
        }
    }
}

using System.Buffers;
using System.Globalization;

namespace Herz.Resilience.Configuration;

/// <summary>Collects every mistake in a configuration, each as one sentence with the full key, the value and the expected value.</summary>
internal sealed class ConfigurationErrors
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Herz";

    private static readonly SearchValues<char> s_notInPaths = SearchValues.Create(" ?#{}*");

    private readonly List<string> _failures = [];
    private readonly List<string> _unread = [];

    public ConfigurationErrors()
    {
    }

    /// <summary>Starts with the mistakes found while the section was read.</summary>
    public ConfigurationErrors(ConfigurationErrors read)
    {
        _failures.AddRange(read._failures);
        _unread.AddRange(read._unread);
    }

    public IReadOnlyList<string> Failures => _failures;

    /// <summary>Adds a mistake in the structure of the section. Later validator errors for the same key only follow from it and are ignored.</summary>
    /// <param name="path">The full path of the key.</param>
    /// <param name="problem">The problem: <c>is "x"; expected …</c>.</param>
    public void AddUnread(string path, string problem)
    {
        _failures.Add($"{path} {problem}.");
        _unread.Add(path);
    }

    /// <param name="key">The key below the section, such as <c>Deadlines:Tiers:Api</c>.</param>
    /// <param name="value">The actual value.</param>
    /// <param name="expected">The valid values, as the text after "expected": <c>a time above 00:00:00</c>.</param>
    public void Add(string key, object? value, string expected)
    {
        var path = $"{Section}:{key}";
        if (!_unread.Exists(unread => IsWithin(path, unread)))
        {
            _failures.Add($"{path} is {Show(value)}; expected {expected}.");
        }
    }

    public void Positive(string key, TimeSpan value)
    {
        if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
        {
            Add(key, value, "a time above 00:00:00 and at most 1.00:00:00");
        }
    }

    public void InRange(string key, TimeSpan value, TimeSpan atLeast, TimeSpan atMost)
    {
        if (value < atLeast || value > atMost)
        {
            Add(key, value, $"a time from {Limit(atLeast)} to {Limit(atMost)}");
        }
    }

    public void InRange(string key, double value, double atLeast, double atMost)
    {
        if (!(value >= atLeast && value <= atMost))
        {
            Add(key, value, string.Create(CultureInfo.InvariantCulture, $"a number from {atLeast} to {atMost}"));
        }
    }

    public void InRange(string key, long value, long atLeast, long atMost)
    {
        if (value < atLeast || value > atMost)
        {
            Add(key, value, string.Create(CultureInfo.InvariantCulture, $"a whole number from {atLeast} to {atMost}"));
        }
    }

    /// <summary>Requires a literal path: absolute, without pattern, query or fragment.</summary>
    public void AbsolutePath(string key, string? value)
    {
        if (string.IsNullOrEmpty(value) || value[0] != '/' || value.Length < 2 || value.AsSpan().IndexOfAny(s_notInPaths) >= 0)
        {
            Add(key, value, "a path such as \"/healthz\": it starts with '/', is longer than that, and has no space, '?', '#', '*', '{' or '}'");
        }
    }

    public void Defined<TEnum>(string key, TEnum? value) where TEnum : struct, Enum
    {
        if (value is { } given && !Enum.IsDefined(given))
        {
            Add(key, given, $"one of {string.Join(", ", Enum.GetNames<TEnum>())}");
        }
    }

    /// <summary>Whether a name can be a metric label and part of a quoted header.</summary>
    public static bool IsLabel(string name) =>
        name.Length is > 0 and <= 64 && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');

    private static string Limit(TimeSpan time) => time.ToString(time.Milliseconds == 0 ? "c" : @"hh\:mm\:ss\.fff", CultureInfo.InvariantCulture);

    private static bool IsWithin(string path, string unread) =>
        path.StartsWith(unread, StringComparison.OrdinalIgnoreCase) && (path.Length == unread.Length || path[unread.Length] == ':');

    internal static string Show(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "null",
    };
}

using System.Globalization;

namespace Herz.Resilience.Configuration;

/// <summary>Converts one configuration value into a number, a time or a name, and describes the values it accepts.</summary>
internal static class ScalarReader
{
    public static bool Handles(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum || type == typeof(string) || type == typeof(bool) || type == typeof(int)
            || type == typeof(long) || type == typeof(double) || type == typeof(TimeSpan);
    }

    public static bool TryRead(string? text, Type type, out object? result)
    {
        result = null;
        if (text is null || (text.Length == 0 && type != typeof(string)))
        {
            return type == typeof(string) || Nullable.GetUnderlyingType(type) is not null;
        }

        type = Nullable.GetUnderlyingType(type) ?? type;
        result = type switch
        {
            _ when type == typeof(string) => text,
            _ when type.IsEnum => TryEnum(text, type),
            _ when type == typeof(bool) => bool.TryParse(text, out var flag) ? flag : null,
            _ when type == typeof(int) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when type == typeof(long) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when type == typeof(double) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ => TryTime(text),
        };
        return result is not null;
    }

    public static string Expected(Type type)
    {
        var underlying = Nullable.GetUnderlyingType(type) ?? type;
        var expected = underlying switch
        {
            _ when underlying.IsEnum => $"one of {string.Join(", ", Enum.GetNames(underlying))}",
            _ when underlying == typeof(bool) => "true or false",
            _ when underlying == typeof(int) || underlying == typeof(long) => "a whole number",
            _ when underlying == typeof(double) => "a number",
            _ when underlying == typeof(TimeSpan) => "a time as [d.]hh:mm:ss[.fff], such as \"00:00:00.800\"",
            _ => "a text",
        };
        return underlying == type ? expected : $"{expected}, or null";
    }

    private static object? TryEnum(string text, Type type) =>
        char.IsAsciiLetter(text[0]) && !text.Contains(',') && Enum.TryParse(type, text, ignoreCase: true, out var value) ? value : null;

    // Without this check the framework reads "15" as days and "00:15" as hours where seconds are meant, and "24:00:00" as 24 days.
    private static TimeSpan? TryTime(string text) =>
        text.AsSpan().Count(':') == 2 && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var time) ? time : null;
}

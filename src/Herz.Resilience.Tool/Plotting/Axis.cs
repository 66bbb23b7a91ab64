using System.Globalization;

namespace Herz.Resilience.Tool.Plotting;

/// <summary>An axis with ticks at round numbers (Heckbert 1990, "Nice numbers for graph labels").</summary>
internal sealed class Axis
{
    private readonly bool _isLog;

    private Axis(double low, double high, IReadOnlyList<double> ticks, bool isLog)
    {
        Low = low;
        High = high;
        Ticks = ticks;
        _isLog = isLog;
    }

    /// <summary>Lower end.</summary>
    public double Low { get; }

    /// <summary>Upper end.</summary>
    public double High { get; }

    /// <summary>Labelled values.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>Creates an axis that includes both values.</summary>
    public static Axis Over(double low, double high, int ticks, bool isLog)
    {
        if (isLog)
        {
            var from = (int)Math.Floor(Math.Log10(low));
            var to = Math.Max(from + 1, (int)Math.Ceiling(Math.Log10(high)));
            return new Axis(Math.Pow(10, from), Math.Pow(10, to), [.. Enumerable.Range(from, to - from + 1).Select(e => Math.Pow(10, e))], isLog: true);
        }

        // A range below the precision of its numbers is a point.
        if (high - low <= Math.Max(1e-300, 1e-9 * Math.Max(Math.Abs(low), Math.Abs(high))))
        {
            high = low + Math.Max(1, Math.Abs(low) * 0.1);
        }

        var rough = (high - low) / ticks;
        var unit = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = (rough / unit) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 } * unit;
        var first = Math.Floor(low / step) * step;
        var count = (int)Math.Ceiling((high - first) / step - 1e-9);

        // Rounding may move a tick slightly into the range; the axis must still include both ends.
        return new Axis(Math.Min(first, low), Math.Max(first + (count * step), high), [.. Enumerable.Range(0, count + 1).Select(i => first + (i * step))], isLog: false);
    }

    /// <summary>Relative position of a value, from 0 to 1.</summary>
    public double Share(double value) => _isLog
        ? Math.Log10(value / Low) / Math.Log10(High / Low)
        : (value - Low) / (High - Low);

    /// <summary>A short label for a value.</summary>
    public static string Label(double value) => Math.Abs(value) switch
    {
        < 1e-12 => "0",
        >= 1e9 => (value / 1e9).ToString("0.##", CultureInfo.InvariantCulture) + "G",
        >= 1e6 => (value / 1e6).ToString("0.##", CultureInfo.InvariantCulture) + "M",
        >= 1e4 => (value / 1e3).ToString("0.##", CultureInfo.InvariantCulture) + "k",
        < 1e-3 => value.ToString("0e0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.####", CultureInfo.InvariantCulture),
    };
}

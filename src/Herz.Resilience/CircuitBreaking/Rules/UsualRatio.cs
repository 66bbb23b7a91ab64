namespace Herz.Resilience.CircuitBreaking.Rules;

/// <summary>
/// The usual failure ratio of an endpoint: an average over about an hour. No sample counts for more than twice the usual ratio before
/// it, so a minute of outage changes the average by less than 0.2 %.
/// </summary>
/// <param name="ratio">The failure ratio that must not be exceeded; the first samples are limited to twice this ratio.</param>
/// <param name="value">The ratio learned earlier.</param>
/// <param name="hour">An hour in clock ticks.</param>
internal sealed class UsualRatio(double ratio, double value, long hour)
{
    public double Value { get; private set; } = value;

    /// <summary>Above this ratio an endpoint exceeds the limit and fails clearly more than usual.</summary>
    public double Unusual => Math.Max(ratio, 2 * Value);

    public void Learn(double seen, long ticks) =>
        Value += (Math.Min(seen, 2 * Math.Max(Value, ratio)) - Value) * Math.Min(1, (double)ticks / hour);
}

namespace Herz.Resilience.CircuitBreaking.Rules;

/// <summary>
/// The failure ratio that is usual for an endpoint: an average over about an hour in which no moment counts for more than twice
/// what was usual before, so that a minute of outage moves it by less than 0.2 %.
/// </summary>
/// <param name="ratio">The failure ratio that must not be exceeded, which a first moment is bounded by twofold.</param>
/// <param name="value">What was learned before.</param>
/// <param name="hour">An hour in ticks of the clock.</param>
internal sealed class UsualRatio(double ratio, double value, long hour)
{
    public double Value { get; private set; } = value;

    /// <summary>Above this an endpoint fails more than it should and clearly more than it usually does.</summary>
    public double Unusual => Math.Max(ratio, 2 * Value);

    public void Learn(double seen, long ticks) =>
        Value += (Math.Min(seen, 2 * Math.Max(Value, ratio)) - Value) * Math.Min(1, (double)ticks / hour);
}

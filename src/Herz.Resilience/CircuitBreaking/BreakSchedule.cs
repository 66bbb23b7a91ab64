using Herz.Resilience.CircuitBreaking.Rules;

namespace Herz.Resilience.CircuitBreaking;

/// <summary>
/// Computes the duration of each break: the configured one, or a short one that grows each time the circuit opens again. A dependency
/// that recovers within a second then costs only a short break. Not thread-safe.
/// </summary>
/// <param name="frequency">Clock ticks per second.</param>
internal sealed class BreakSchedule(long frequency)
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(5);

    private readonly long _resetAfter = 300 * frequency;
    private TimeSpan _last;
    private long? _closedAt;

    /// <summary>The circuit has closed.</summary>
    public void Closed(long now) => _closedAt = now;

    /// <summary>The duration of the next break, when the circuit opens.</summary>
    public TimeSpan Next(CircuitRules rules, long now)
    {
        if (_closedAt is { } closed && now - closed >= _resetAfter)
        {
            _last = default;
        }

        _closedAt = null;
        _last = rules.BreakDuration
            ?? (rules.IsWindowAlone || 2 * _last > s_longest ? s_longest : _last < s_shortest ? s_shortest : 2 * _last);
        return _last;
    }
}

using Herz.Resilience.CircuitBreaking.Rules;

namespace Herz.Resilience.CircuitBreaking;

/// <summary>
/// How long each break lasts: as configured, or short at first and longer each time the circuit opens again, so that a dependency
/// that is back after a second is not punished. Not thread-safe.
/// </summary>
/// <param name="frequency">Ticks of the clock in a second.</param>
internal sealed class BreakSchedule(long frequency)
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(5);

    private readonly long _goodWhile = 300 * frequency;
    private TimeSpan _last;
    private long? _closedAt;

    /// <summary>The circuit has closed.</summary>
    public void Closed(long now) => _closedAt = now;

    /// <summary>The circuit opens: how long.</summary>
    public TimeSpan Next(CircuitRules rules, long now)
    {
        if (_closedAt is { } closed && now - closed >= _goodWhile)
        {
            _last = default;
        }

        _closedAt = null;
        _last = rules.BreakDuration
            ?? (rules.IsWindowAlone || 2 * _last > s_longest ? s_longest : _last < s_shortest ? s_shortest : 2 * _last);
        return _last;
    }
}

using Herz.Resilience.CircuitBreaking.Rules;

namespace Herz.Resilience.CircuitBreaking.Recovery;

/// <summary>
/// Computes the duration of each break. A break that grows doubles each time the circuit opens again, up to its maximum, and starts
/// again at the shortest after 5 minutes closed: a dependency that recovers within a second costs only a short break. A growing break
/// gets up to a tenth of random time, so that replicas do not probe together (AWS, <i>Exponential Backoff And Jitter</i>, 2015).
/// A fixed break is exact. Not thread-safe.
/// </summary>
/// <param name="frequency">Clock ticks per second.</param>
/// <param name="jitter">The random time; null for none.</param>
internal sealed class BreakSchedule(long frequency, Random? jitter = null)
{
    private const double JitterShare = 0.1;

    private readonly long _resetAfter = 300 * frequency;
    private TimeSpan _last;
    private long? _closedAt;

    /// <summary>The circuit has closed.</summary>
    public void Closed(long now) => _closedAt = now;

    /// <summary>The next break is the shortest again.</summary>
    public void Reset() => _last = default;

    /// <summary>The duration of the next break, when the circuit opens.</summary>
    public TimeSpan Next(CircuitRules rules, long now)
    {
        if (_closedAt is { } closed && now - closed >= _resetAfter)
        {
            _last = default;
        }

        _closedAt = null;
        var (shortest, longest) = (rules.ShortestBreak, rules.LongestBreak);
        _last = _last < shortest ? shortest : _last > longest / 2 ? longest : 2 * _last;
        return shortest == longest || jitter is null ? _last : _last * (1 + (JitterShare * jitter.NextDouble()));
    }
}

using System.Globalization;

namespace Herz.Resilience.CircuitBreaking.Rules;

/// <summary>
/// A configured rule: opens when at least a share of at least the minimum throughput failed, or was slow, within the sampling duration.
/// Polly decides, with the window that its users know. While the window has no failure, successes are only counted: no Polly circuit
/// exists, because each holds a parked task. Not thread-safe.
/// </summary>
/// <param name="rules">The configured values.</param>
/// <param name="ratio">The share.</param>
/// <param name="happened">What happened to that share, for the explanation.</param>
/// <param name="frequency">Clock ticks per second.</param>
internal sealed class WindowRule(CircuitRules rules, double ratio, string happened, long frequency) : ICircuitRule
{
    private readonly RollingSuccesses _successes = new((long)(rules.Sampling.TotalSeconds * frequency));
    private PollyWindow? _polly;
    private long _lastFailure;
    private long _failures;

    public bool HasPolly => _polly is not null;

    public RuleVerdict Record(bool success, long now)
    {
        if (_polly is not null && now - _lastFailure > _successes.Duration)
        {
            Reset(keepSuccesses: true);
        }

        if (success)
        {
            _successes.Add(now);
            _polly?.Record(success, now);
            return RuleVerdict.Closed;
        }

        _lastFailure = now;
        _failures++;
        _polly ??= StartPolly(now);
        return _polly.Record(success, now) ? RuleVerdict.Open : RuleVerdict.Closed;
    }

    public void Reset() => Reset(keepSuccesses: false);

    public string Explain(long now) => string.Create(
        CultureInfo.InvariantCulture,
        $"at least {ratio:0.####} of at least {rules.Throughput} requests {happened} within {rules.Sampling.TotalSeconds:0.###} s ({_failures} {happened})");

    public string Describe() => "";

    private void Reset(bool keepSuccesses)
    {
        _polly = null;
        _failures = 0;
        if (!keepSuccesses)
        {
            _successes.Clear();
        }
    }

    private PollyWindow StartPolly(long now)
    {
        var polly = new PollyWindow(rules, ratio, frequency);
        foreach (var (time, count) in _successes.Since(now))
        {
            for (var index = 0; index < count; index++)
            {
                polly.Record(success: true, time);
            }
        }

        return polly;
    }
}

using Herz.Resilience.CircuitBreaking.Evidence;
using Herz.Resilience.CircuitBreaking.Rules;

namespace Herz.Resilience.Tests.CircuitBreaking.Simulation;

/// <summary>Requests of one or many clients to one endpoint with the same number of paths, at random or regular intervals.</summary>
internal sealed class SimulatedEndpoint(int seed, double perSecond, ErrorSource errors, bool isRegular = false, int sources = 512)
{
    private const long Frequency = 10_000_000;

    private readonly Xorshift _random = new(seed);

    /// <summary>The second at which the circuit first opens; null if it does not open within the time.</summary>
    public double? FirstOpening(double seconds) => Openings(seconds).Cast<double?>().FirstOrDefault();

    /// <summary>The seconds at which the evidence opens the circuit. It is reset each time.</summary>
    public IEnumerable<double> Openings(double seconds)
    {
        var evidence = new CircuitEvidence(new CircuitRules(), Frequency);
        for (var second = 0.0; second < seconds; second += isRegular ? 1 / perSecond : -Math.Log(1 - _random.Next()) / perSecond)
        {
            var bits = _random.NextBits();
            var source = new RequestSource((int)(bits % (uint)sources), (int)((bits >> 32) % (uint)sources));
            if (evidence.Record(!errors.Fails(second, _random), (long)(second * Frequency), source) == RuleVerdict.Open)
            {
                yield return second;
                evidence.Reset();
            }
        }
    }
}

namespace Herz.Resilience.Tool.Requests;

/// <summary>
/// Chooses templates by weight, distributed as evenly as possible and identical in every run (smooth weighted round robin, as in
/// nginx 1.3.1).
/// </summary>
internal sealed class WeightedChoice
{
    private readonly double[] _weights;
    private readonly double[] _credit;
    private readonly double _total;

    /// <summary>Creates a choice of templates with these weights.</summary>
    public WeightedChoice(IEnumerable<double> weights)
    {
        _weights = [.. weights];
        ArgumentOutOfRangeException.ThrowIfZero(_weights.Length, nameof(weights));
        foreach (var weight in _weights)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(weight, nameof(weights));
        }

        _credit = new double[_weights.Length];
        _total = _weights.Sum();
    }

    /// <summary>Index of the next template.</summary>
    public int Next()
    {
        if (_weights.Length == 1)
        {
            return 0;
        }

        var best = 0;
        for (var i = 0; i < _weights.Length; i++)
        {
            _credit[i] += _weights[i];
            best = _credit[i] > _credit[best] ? i : best;
        }

        _credit[best] -= _total;
        return best;
    }
}

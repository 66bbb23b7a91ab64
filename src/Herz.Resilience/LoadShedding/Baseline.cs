namespace Herz.Resilience.LoadShedding;

/// <summary>What a request takes while none waits for another: a mean over many requests and a long time.</summary>
internal sealed class Baseline
{
    private const double Most = 500;
    private const double Slowness = 60;

    private double _weight;
    private double _variance;

    /// <summary>In seconds; NaN until something was measured.</summary>
    public double Seconds { get; private set; } = double.NaN;

    /// <summary>
    /// The error of the mean of a window, as far as it follows from how much times vary: a short window may happen to see
    /// only the quick ones, and so look sure of itself.
    /// </summary>
    public double ErrorOf(in LoadWindow window) =>
        window.Completed > 0 ? Math.Max(window.Error, Math.Sqrt(_variance / window.Completed) * Math.Max(1, window.Mean / Seconds)) : window.Error;

    /// <summary>
    /// Takes in a window without overload. Once it knows many, it needs a minute, so that it does not
    /// follow an overload that comes slowly; downwards as well, or it would tell the quickest requests and not their mean.
    /// </summary>
    public void Learn(in LoadWindow window)
    {
        if (window.Completed == 0)
        {
            return;
        }

        if (double.IsNaN(Seconds))
        {
            Replace(window);
            return;
        }

        var share = _weight >= Most ? Most * window.Seconds / Slowness : Most;
        var weight = Math.Min(window.Completed, share);
        _weight = Math.Min(_weight + weight, Most);
        var off = Math.Min(window.Mean, 2 * Seconds) - Seconds;
        var gain = weight / Math.Max(_weight, weight);
        Seconds += gain * off;
        _variance += gain * ((window.Error * window.Error * window.Completed) + (off * off) - _variance);
    }

    /// <summary>Takes in what an experiment showed: what is surely different replaces, what is near refines.</summary>
    public void Correct(in LoadWindow window, bool onlyDown)
    {
        if (onlyDown && window.Mean + (2 * window.Error) >= Seconds / 1.5)
        {
            return;
        }

        if (window.Mean - (2 * window.Error) > 1.5 * Seconds || window.Mean + (2 * window.Error) < Seconds)
        {
            Replace(window);
            return;
        }

        var weight = Math.Min(_weight, Most - Math.Min(window.Completed, Most / 2));
        Seconds = ((Seconds * weight) + (window.Mean * window.Completed)) / (weight + window.Completed);
        _weight = Math.Min(weight + window.Completed, Most);
    }

    public void Replace(in LoadWindow window)
    {
        if (window.Completed == 0)
        {
            return;
        }

        Seconds = window.Mean;
        _weight = Math.Min(window.Completed, Most);
        _variance = Math.Max(_variance, window.Error * window.Error * window.Completed);
    }
}

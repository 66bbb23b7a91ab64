namespace Herz.Resilience.LoadShedding.Concurrency;

/// <summary>What a request takes while none waits for another, as experiments have shown: a mean over many requests.</summary>
internal sealed class Baseline
{
    private const double Most = 500;
    private const double Different = 1.5;

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

    /// <summary>Takes in what an experiment showed: what is surely different replaces, what is near refines.</summary>
    /// <param name="seconds">What a request took.</param>
    /// <param name="count">How many were measured.</param>
    public void Correct(double seconds, int count)
    {
        var error = 2 * seconds / Math.Sqrt(count);
        if (!(Seconds > 0) || seconds - error > Different * Seconds || seconds + error < Seconds)
        {
            Replace(seconds, count);
            return;
        }

        var weight = Math.Min(_weight, Most - Math.Min(count, Most / 2));
        Seconds = ((Seconds * weight) + (seconds * count)) / (weight + count);
        _weight = Math.Min(weight + count, Most);
    }

    /// <summary>Takes in that requests were surely quicker than this.</summary>
    public void CorrectDown(in LoadWindow window)
    {
        if (window.Completed == 0)
        {
            return;
        }

        _variance += 0.1 * ((window.Error * window.Error * window.Completed) - _variance);
        if (window.Mean + (2 * ErrorOf(window)) < Seconds / Different)
        {
            Replace(window.Mean, window.Completed);
        }
    }

    private void Replace(double seconds, int count)
    {
        Seconds = seconds;
        _weight = Math.Min(count, Most);
    }
}

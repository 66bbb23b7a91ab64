namespace Herz.Resilience.LoadShedding.Concurrency;

/// <summary>The time of a request without contention, as measured by experiments: a mean over many requests.</summary>
internal sealed class Baseline
{
    private const double Most = 500;
    private const double Different = 1.5;

    private double _weight;
    private double _variance;

    /// <summary>In seconds; NaN until something was measured.</summary>
    public double Seconds { get; private set; } = double.NaN;

    /// <summary>
    /// The error of the mean of a window, at least as large as the variation of times implies: a short window may by chance contain
    /// only quick requests and look precise.
    /// </summary>
    public double ErrorOf(in LoadWindow window) =>
        window.Completed > 0 ? Math.Max(window.Error, Math.Sqrt(_variance / window.Completed) * Math.Max(1, window.Mean / Seconds)) : window.Error;

    /// <summary>Takes the result of an experiment: a clearly different value replaces the baseline, a similar one refines it.</summary>
    /// <param name="seconds">The time of a request.</param>
    /// <param name="count">The number of measured requests.</param>
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

    /// <summary>Lowers the baseline if requests were clearly quicker.</summary>
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

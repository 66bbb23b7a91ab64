namespace Herz.Resilience.Tool.Scheduling;

/// <summary>A period in which the arrival rate changes linearly.</summary>
/// <param name="Seconds">Length in seconds.</param>
/// <param name="From">Arrivals per second at the start.</param>
/// <param name="To">Arrivals per second at the end.</param>
internal readonly record struct RatePiece(double Seconds, double From, double To)
{
    /// <summary>Number of arrivals: the area under the line.</summary>
    public double Arrivals => Seconds * (From + To) / 2;

    /// <summary>Time in seconds after the start of the piece at which <paramref name="arrivals"/> have arrived.</summary>
    public double TimeOf(double arrivals)
    {
        // arrivals = From·t + slope·t²/2, solved in a form that stays precise for slopes near zero.
        var slope = (To - From) / Seconds;
        var root = Math.Sqrt(Math.Max(0, (From * From) + (2 * slope * arrivals)));
        return arrivals == 0 ? 0 : Math.Min(Seconds, 2 * arrivals / (From + root));
    }
}

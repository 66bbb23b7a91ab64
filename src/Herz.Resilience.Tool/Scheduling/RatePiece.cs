namespace Herz.Resilience.Tool.Scheduling;

/// <summary>A stretch of time over which the rate of arrivals goes in a straight line from one value to another.</summary>
/// <param name="Seconds">Length of the stretch in seconds.</param>
/// <param name="From">Arrivals per second at its beginning.</param>
/// <param name="To">Arrivals per second at its end.</param>
internal readonly record struct RatePiece(double Seconds, double From, double To)
{
    /// <summary>How many arrivals the stretch holds: the area under the line.</summary>
    public double Arrivals => Seconds * (From + To) / 2;

    /// <summary>The moment, in seconds from the beginning of the stretch, at which <paramref name="arrivals"/> have come.</summary>
    public double TimeOf(double arrivals)
    {
        // arrivals = From·t + slope·t²/2, solved in the form that keeps its digits when the slope is near zero.
        var slope = (To - From) / Seconds;
        var root = Math.Sqrt(Math.Max(0, (From * From) + (2 * slope * arrivals)));
        return arrivals == 0 ? 0 : Math.Min(Seconds, 2 * arrivals / (From + root));
    }
}

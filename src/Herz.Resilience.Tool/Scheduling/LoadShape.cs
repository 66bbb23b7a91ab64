namespace Herz.Resilience.Tool.Scheduling;

/// <summary>How the rate of arrivals goes over the run: straight pieces, one after the other.</summary>
internal sealed class LoadShape
{
    /// <summary>Makes a shape of pieces in order.</summary>
    /// <param name="name">What reports call it, such as <c>ramp 100-2000</c>.</param>
    /// <param name="pieces">At least one piece of positive length.</param>
    public LoadShape(string name, IReadOnlyList<RatePiece> pieces)
    {
        ArgumentOutOfRangeException.ThrowIfZero(pieces.Count, nameof(pieces));
        foreach (var piece in pieces)
        {
            if (!(piece.Seconds > 0) || !double.IsFinite(piece.Seconds))
            {
                throw new ArgumentException($"a piece of a load shape lasts {piece.Seconds} s; it must last longer than 0 s", nameof(pieces));
            }

            if (!(piece.From >= 0) || !(piece.To >= 0) || !double.IsFinite(piece.From + piece.To))
            {
                throw new ArgumentException($"a piece of a load shape goes from {piece.From} to {piece.To} requests per second; rates must be finite and not negative", nameof(pieces));
            }
        }

        Name = name;
        Pieces = pieces;
        Seconds = pieces.Sum(p => p.Seconds);
        Arrivals = pieces.Sum(p => p.Arrivals);
    }

    /// <summary>What reports call it.</summary>
    public string Name { get; }

    /// <summary>The pieces in order.</summary>
    public IReadOnlyList<RatePiece> Pieces { get; }

    /// <summary>Length of the whole in seconds.</summary>
    public double Seconds { get; }

    /// <summary>How many arrivals the whole holds.</summary>
    public double Arrivals { get; }

    /// <summary>The rate at <paramref name="seconds"/> from the beginning, in arrivals per second; 0 outside.</summary>
    public double RateAt(double seconds)
    {
        foreach (var piece in Pieces)
        {
            if (seconds < piece.Seconds)
            {
                return seconds < 0 ? 0 : piece.From + ((piece.To - piece.From) * seconds / piece.Seconds);
            }

            seconds -= piece.Seconds;
        }

        return 0;
    }

    /// <summary>The same shape after a warm-up that rises from a tenth of its first rate to it, so that neither side starts cold at full speed.</summary>
    public LoadShape After(TimeSpan warmUp) => warmUp <= TimeSpan.Zero
        ? this
        : new LoadShape(Name, [new RatePiece(warmUp.TotalSeconds, Pieces[0].From / 10, Pieces[0].From), .. Pieces]);
}

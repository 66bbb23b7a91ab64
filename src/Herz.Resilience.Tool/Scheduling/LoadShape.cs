namespace Herz.Resilience.Tool.Scheduling;

/// <summary>The arrival rate over the run, as consecutive linear pieces.</summary>
internal sealed class LoadShape
{
    /// <summary>Creates a shape from pieces in order.</summary>
    /// <param name="name">Name in reports, such as <c>ramp 100-2000</c>.</param>
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

    /// <summary>Name in reports.</summary>
    public string Name { get; }

    /// <summary>The pieces in order.</summary>
    public IReadOnlyList<RatePiece> Pieces { get; }

    /// <summary>Total length in seconds.</summary>
    public double Seconds { get; }

    /// <summary>Total number of arrivals.</summary>
    public double Arrivals { get; }

    /// <summary>The rate at <paramref name="seconds"/> after the start, in arrivals per second; 0 outside the shape.</summary>
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

    /// <summary>This shape after a warm-up, in which the rate rises linearly from a tenth of the first rate to the first rate.</summary>
    public LoadShape After(TimeSpan warmUp) => warmUp <= TimeSpan.Zero
        ? this
        : new LoadShape(Name, [new RatePiece(warmUp.TotalSeconds, Pieces[0].From / 10, Pieces[0].From), .. Pieces]);
}

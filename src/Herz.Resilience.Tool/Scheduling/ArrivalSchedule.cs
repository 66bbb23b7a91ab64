namespace Herz.Resilience.Tool.Scheduling;

/// <summary>
/// The intended starts of an open loop. Only the shape determines them, never the server.
/// An even arrival is due when the area under the rate reaches an integer; a Poisson arrival when it reaches the sum of
/// exponential gaps (time rescaling, Çinlar 1975). Both follow any shape exactly and accumulate no error.
/// </summary>
internal sealed class ArrivalSchedule : IPacer
{
    private const double NanosecondsPerSecond = 1e9;

    private readonly IReadOnlyList<RatePiece> _pieces;
    private readonly Random? _random;
    private readonly long _endNs;
    private int _piece;
    private double _pieceStartSeconds;
    private double _pieceStartArrivals;
    private double _position;
    private long _index;
    private long _next;

    /// <summary>Creates the schedule of a shape.</summary>
    /// <param name="shape">The rate over time.</param>
    /// <param name="poissonSeed">Seed of Poisson arrivals, or null for even arrivals.</param>
    public ArrivalSchedule(LoadShape shape, int? poissonSeed = null)
    {
        _pieces = shape.Pieces;
        _endNs = (long)(shape.Seconds * NanosecondsPerSecond);
        if (poissonSeed is { } seed)
        {
            // A seeded generator makes the arrivals repeatable; security is not involved.
#pragma warning disable CA5394
            _random = new Random(seed);
            _position = Gap();
#pragma warning restore CA5394
        }

        _next = Compute();
    }

    /// <inheritdoc />
    public long EndNs => _endNs;

    /// <inheritdoc />
    public bool IsOpen => true;

    /// <inheritdoc />
    public bool TryPeek(out long dueNs)
    {
        dueNs = _next;
        return _next != long.MaxValue;
    }

    /// <inheritdoc />
    public void Take()
    {
        _index++;
        _position = _random is null ? _index : _position + Gap();
        _next = Compute();
    }

    /// <inheritdoc />
    public void Finished(long nowNs)
    {
    }

#pragma warning disable CA5394
    private double Gap() => -Math.Log(1 - _random!.NextDouble());
#pragma warning restore CA5394

    private long Compute()
    {
        while (_piece < _pieces.Count)
        {
            var piece = _pieces[_piece];
            var within = _position - _pieceStartArrivals;
            if (within < piece.Arrivals)
            {
                return (long)((_pieceStartSeconds + piece.TimeOf(within)) * NanosecondsPerSecond);
            }

            _pieceStartSeconds += piece.Seconds;
            _pieceStartArrivals += piece.Arrivals;
            _piece++;
        }

        return long.MaxValue;
    }
}

namespace Herz.Resilience.LoadShedding.Concurrency;

/// <summary>
/// Lock-free counters of the requests of one endpoint that have ended since the process began. A window is the difference of two
/// readings, which is right even after an overflow.
/// </summary>
internal struct EndedRequests
{
    private const int CountBits = 20;
    private const long CountMask = (1L << CountBits) - 1;
    private const int SquareBits = 6;
    private const long LongestSample = 100_000_000;

    private long _answered;
    private long _squares;
    private long _givenUp;
    private long _failed;
    private long _clientTicks;

    /// <summary>Counts a request.</summary>
    /// <param name="ending">How it ended.</param>
    /// <param name="microseconds">Its time, without that of its client.</param>
    /// <param name="clientTicks">The clock ticks that it waited for its client.</param>
    public void Add(RequestEnding ending, long microseconds, long clientTicks)
    {
        var time = Math.Min(microseconds, LongestSample);
        switch (ending)
        {
            case RequestEnding.Answered:
                Interlocked.Add(ref _answered, (time << CountBits) + 1);
                Interlocked.Add(ref _squares, (time >> SquareBits) * (time >> SquareBits));
                break;
            case RequestEnding.GivenUp:
                Interlocked.Add(ref _givenUp, (time << CountBits) + 1);
                break;
            case RequestEnding.Failed:
                Interlocked.Increment(ref _failed);
                break;
        }

        if (clientTicks > 0)
        {
            Interlocked.Add(ref _clientTicks, clientTicks);
        }
    }

    public EndedCounts Read() => new(
        Volatile.Read(ref _answered), Volatile.Read(ref _squares), Volatile.Read(ref _givenUp), Volatile.Read(ref _failed), Volatile.Read(ref _clientTicks));

    /// <summary>One reading, or the difference of two.</summary>
    /// <param name="AnsweredBits">The number of answered requests in the lowest 20 bits, and above them their time in microseconds.</param>
    /// <param name="SquareBitsSum">The sum of the squares of their times, scaled.</param>
    /// <param name="GivenUpBits">As <paramref name="AnsweredBits"/>, of requests that were given up.</param>
    /// <param name="FailedTotal">The number of requests that ended on their own, but whose time means nothing.</param>
    /// <param name="ClientTicks">The clock ticks that requests waited for their clients.</param>
    internal readonly record struct EndedCounts(long AnsweredBits, long SquareBitsSum, long GivenUpBits, long FailedTotal, long ClientTicks)
    {
        public int Answered => (int)(AnsweredBits & CountMask);

        public int GivenUp => (int)(GivenUpBits & CountMask);

        public int Failed => (int)FailedTotal;

        public double AnsweredSeconds => (AnsweredBits >> CountBits) / 1e6;

        public double GivenUpSeconds => (GivenUpBits >> CountBits) / 1e6;

        /// <summary>The sum of the squares of the times of answered requests, in square seconds.</summary>
        public double Squares => SquareBitsSum * (double)(1L << (2 * SquareBits)) / 1e12;

        public static EndedCounts operator -(in EndedCounts now, in EndedCounts before) => new(
            now.AnsweredBits - before.AnsweredBits,
            now.SquareBitsSum - before.SquareBitsSum,
            now.GivenUpBits - before.GivenUpBits,
            now.FailedTotal - before.FailedTotal,
            now.ClientTicks - before.ClientTicks);
    }
}

/// <summary>How a request ended that was in flight.</summary>
internal enum RequestEnding
{
    /// <summary>It never started, so it means nothing.</summary>
    Unused,

    /// <summary>On its own, but its time means nothing.</summary>
    Failed,

    /// <summary>It was answered.</summary>
    Answered,

    /// <summary>Its deadline passed or its client left: an answer would have taken longer.</summary>
    GivenUp,
}

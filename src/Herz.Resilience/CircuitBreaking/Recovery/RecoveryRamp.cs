namespace Herz.Resilience.CircuitBreaking.Recovery;

/// <summary>
/// Decides how many requests may run at once while a circuit is half-open. It starts with one probe. If requests were refused during
/// a successful probe, more may run: one more for each success, as in TCP's slow start (RFC 5681), so that a dependency that warms up
/// is not flooded. The circuit closes at the first success during which no request was refused, which at low rates is the first
/// probe. Once a probe has succeeded, failures are judged in rounds of at least 10 outcomes: a failure ends the growth until the end
/// of its round, a round with a tenth of failures makes the growth slow, one with 60 % halves the number, one with 90 % quarters it,
/// and one with 60 % of single requests opens the circuit again. Not thread-safe.
/// </summary>
internal sealed class RecoveryRamp
{
    private const int MinRound = 10;
    private const double Cautious = 0.1;
    private const double TooMany = 0.6;
    private const double Down = 0.9;
    private const double SlowGrowth = 0.125;

    private long _first;
    private long _givenUp;
    private long _refused;
    private long _last;
    private long _until;
    private long _round;
    private double _limit;
    private int _running;
    private int _failedProbes;
    private int _outcomes;
    private int _failures;
    private bool _isProven;
    private bool _isSlow;

    /// <summary>Requests that may run at once.</summary>
    public int Limit => (int)_limit;

    /// <summary>When the running probes are given up, if no other could enter by then.</summary>
    public long Until => _until;

    /// <summary>Whether requests are refused because probes run that should have ended.</summary>
    public bool IsOverdue(long now) => _running >= Limit && now >= _until;

    /// <summary>The circuit has become half-open.</summary>
    /// <param name="first">The lowest ticket of this period.</param>
    public void Start(long first)
    {
        _first = first;
        _givenUp = _refused = _round = _last = first - 1;
        _limit = 1;
        _running = _failedProbes = _outcomes = _failures = 0;
        _isProven = _isSlow = false;
    }

    /// <summary>Whether a request may run as a probe.</summary>
    /// <param name="ticket">The ticket that it gets, higher than any before.</param>
    /// <param name="now">The time.</param>
    /// <param name="patience">Clock ticks after which the running probes are given up if they let no other in.</param>
    public bool TryEnter(long ticket, long now, long patience)
    {
        if (_running >= Limit)
        {
            if (now < _until)
            {
                _refused = ticket - 1;
                return false;
            }

            _givenUp = ticket - 1;
            _running = 0;
        }

        _running++;
        _last = ticket;
        _until = now + patience;
        return true;
    }

    /// <summary>A probe has ended.</summary>
    /// <param name="ticket">Its ticket; of an older period it has no effect.</param>
    /// <param name="success">Null if the outcome does not describe the endpoint.</param>
    /// <param name="failedProbes">How many consecutive probes must fail before any success to open the circuit again.</param>
    public RampVerdict Leave(long ticket, bool? success, int failedProbes)
    {
        if (ticket < _first)
        {
            return RampVerdict.Continue;
        }

        var isGivenUp = ticket <= _givenUp;
        if (!isGivenUp)
        {
            _running--;
        }

        return success switch
        {
            null => RampVerdict.Continue,
            true => Succeed(ticket),
            false when isGivenUp => RampVerdict.Continue,
            false when !_isProven => ++_failedProbes >= failedProbes ? RampVerdict.Open : RampVerdict.Continue,
            false => Count(ticket, failed: true),
        };
    }

    // Any probe of this half-open period may close the circuit, even one that was given up.
    private RampVerdict Succeed(long ticket)
    {
        if (_refused < ticket)
        {
            return RampVerdict.Close;
        }

        _isProven = true;
        if (_failures == 0 && !_isSlow)
        {
            _limit++;
        }

        return Count(ticket, failed: false);
    }

    // The outcome of a request that entered in an earlier round describes an earlier load.
    private RampVerdict Count(long ticket, bool failed)
    {
        if (ticket <= _round)
        {
            return RampVerdict.Continue;
        }

        _outcomes++;
        _failures += failed ? 1 : 0;
        if (_outcomes < Math.Max(MinRound, Limit))
        {
            return RampVerdict.Continue;
        }

        var share = (double)_failures / _outcomes;
        var isMixed = _isSlow || _failures > 0;
        _outcomes = _failures = 0;
        _isSlow |= share >= Cautious;
        if (share < TooMany)
        {
            _limit += isMixed ? Math.Max(1, SlowGrowth * _limit) : 0;
            return RampVerdict.Continue;
        }

        if (Limit == 1)
        {
            return RampVerdict.Open;
        }

        _limit = Math.Max(1, _limit / (share >= Down ? 4 : 2));
        _round = _last;
        return RampVerdict.Continue;
    }
}

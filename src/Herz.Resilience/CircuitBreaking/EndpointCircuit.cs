namespace Herz.Resilience.CircuitBreaking;

/// <summary>
/// The circuit of one endpoint: who may pass, and whose outcome counts. A request belongs to the generation in which it
/// entered; the outcome of an older generation is dropped, since it tells of a state that is over.
/// </summary>
/// <param name="key">Names the endpoint.</param>
/// <param name="time">The clock.</param>
/// <param name="onChange">Told of every change, outside of the lock.</param>
internal sealed class EndpointCircuit(string key, TimeProvider time, Action<CircuitChange> onChange)
{
    /// <summary>What a request holds that is not counted.</summary>
    public const long NoTicket = 0;

    private readonly Lock _lock = new();
    private PollyCircuit _polly = null!;
    private CircuitNumbers _wanted = null!;
    private volatile CircuitStatus _status;
    private long _generation = 1;
    private long _openUntil;
    private long _probeUntil;
    private long _probe;

    public string Key => key;

    public CircuitStatus Status => _status;

    /// <summary>
    /// Takes new numbers. A closed circuit begins a new window with them; one that is open ends its break first.
    /// </summary>
    public void Apply(CircuitNumbers numbers)
    {
        lock (_lock)
        {
            _wanted = numbers;
            TakeWanted_NeedsLock();
        }
    }

    /// <summary>Whether a request may pass, and the ticket that it shows when it ends.</summary>
    public bool TryEnter(long now, out long ticket, out TimeSpan retryAfter)
    {
        retryAfter = default;
        if (Status == CircuitStatus.Closed)
        {
            ticket = Volatile.Read(ref _generation);
            return true;
        }

        return TryProbe(now, out ticket, out retryAfter);
    }

    /// <summary>A request has ended.</summary>
    /// <param name="ticket">What it was given.</param>
    /// <param name="success">Null where the outcome tells nothing of the endpoint: the client left, or another guard refused.</param>
    public void Leave(long ticket, bool? success)
    {
        if (ticket == NoTicket)
        {
            return;
        }

        if (ticket != Volatile.Read(ref _generation))
        {
            return;
        }

        if (Status == CircuitStatus.Closed)
        {
            LeaveClosed(ticket, success);
        }
        else
        {
            LeaveProbe(ticket, success);
        }
    }

    private void LeaveClosed(long ticket, bool? success)
    {
        if (success is not { } outcome)
        {
            return;
        }

        Volatile.Read(ref _polly).Report(outcome);

        // Only a failure opens a circuit.
        if (!outcome)
        {
            Settle(ticket);
        }
    }

    private void LeaveProbe(long ticket, bool? success)
    {
        lock (_lock)
        {
            if (_probe != ticket)
            {
                return;
            }

            _probe = NoTicket;
            if (success is not { } outcome)
            {
                // The next request is the probe instead.
                return;
            }

            _polly.EndProbe_NeedsLock(outcome);
        }

        Settle(ticket);
    }

    private bool TryProbe(long now, out long ticket, out TimeSpan retryAfter)
    {
        CircuitChange? change = null;
        lock (_lock)
        {
            ticket = NoTicket;
            var until = _status == CircuitStatus.Open ? _openUntil : _probe != NoTicket ? _probeUntil : 0;
            retryAfter = now < until ? time.GetElapsedTime(now, until) : TimeSpan.Zero;
            if (_status == CircuitStatus.Closed)
            {
                ticket = _generation;
                return true;
            }

            if (retryAfter > TimeSpan.Zero || !_polly.TryBeginProbe_NeedsLock())
            {
                return false;
            }

            // A probe that has not ended within another break is given up: the next request takes its place.
            _probe = ++_generation;
            _probeUntil = now + Ticks(_polly.Numbers.BreakDuration);
            ticket = _probe;
            if (_status == CircuitStatus.Open)
            {
                change = Change_NeedsLock(CircuitStatus.HalfOpen);
            }
        }

        Tell(change);
        return true;
    }

    // Brings the own state into line with Polly's after an outcome was told to it.
    private void Settle(long ticket)
    {
        CircuitChange? change = null;
        lock (_lock)
        {
            var status = _polly.Status;
            if (_generation == ticket && status != _status)
            {
                _generation++;
                if (status == CircuitStatus.Open)
                {
                    _openUntil = time.GetTimestamp() + Ticks(_polly.Numbers.BreakDuration);
                }

                change = Change_NeedsLock(status);
                TakeWanted_NeedsLock();
            }
        }

        Tell(change);
    }

    private void TakeWanted_NeedsLock()
    {
        if (_polly is null || (_status == CircuitStatus.Closed && _polly.Numbers != _wanted))
        {
            Volatile.Write(ref _polly, new PollyCircuit(_wanted, time));
        }
    }

    private CircuitChange Change_NeedsLock(CircuitStatus to)
    {
        var change = new CircuitChange(key, _status, to, to == CircuitStatus.Open ? _polly.Numbers.BreakDuration : null, time.GetUtcNow());
        _status = to;
        return change;
    }

    private void Tell(CircuitChange? change)
    {
        if (change is not null)
        {
            onChange(change);
        }
    }

    private long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * time.TimestampFrequency);
}

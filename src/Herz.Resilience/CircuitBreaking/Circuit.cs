using Herz.Resilience.CircuitBreaking.Evidence;
using Herz.Resilience.CircuitBreaking.Recovery;
using Herz.Resilience.CircuitBreaking.Rules;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.CircuitBreaking;

/// <summary>
/// The circuit of one endpoint or dependency: decides which requests may pass, and whose outcomes count. A request belongs to the
/// generation in which it entered; the outcome of an older generation is dropped, because it describes an earlier state.
/// </summary>
/// <param name="name">The name of the endpoint or dependency.</param>
/// <param name="time">The clock.</param>
/// <param name="onChange">Called for every change, in order, outside the lock.</param>
/// <param name="direction">Which requests it guards.</param>
/// <param name="jitter">The random part of a growing break; null for none.</param>
internal sealed class Circuit(
    string name, TimeProvider time, Action<CircuitChange> onChange, CircuitDirection direction = CircuitDirection.Inbound, Random? jitter = null)
{
    /// <summary>The ticket of a request that is not counted.</summary>
    public const long NoTicket = 0;

    private readonly Lock _lock = new();
    private readonly BreakSchedule _breaks = new(time.TimestampFrequency, jitter);
    private readonly RecoveryRamp _ramp = new();
    private readonly OrderedDelivery<CircuitChange> _changes = new(onChange);
    private CircuitRules _newRules = null!;
    private CircuitRules _rules = null!;
    private volatile CircuitEvidence? _evidence;
    private volatile CircuitStatus _status;
    private TimeSpan _break;
    private long _generation = 1;
    private long _openUntil;
    private long _latestProbe;
    private bool _isConcentrationReported;
    private Func<bool>? _hasProbeAnswered;

    public string Name => name;

    public CircuitDirection Direction => direction;

    public CircuitStatus Status => _status;

    /// <summary>Whether the sources of requests are used.</summary>
    public bool UsesSources => _evidence is { UsesSources: true };

    /// <summary>Sets new rules. A closed circuit restarts with them; an open one ends its break first.</summary>
    public void Apply(CircuitRules rules)
    {
        lock (_lock)
        {
            _newRules = rules;
            if (_status == CircuitStatus.Closed)
            {
                TakeNewRules_NeedsLock();
            }
        }
    }

    /// <summary>Decides whether a request may pass, and issues the ticket that it returns when it ends.</summary>
    public bool TryEnter(long now, out long ticket, out TimeSpan retryAfter)
    {
        retryAfter = default;

        // Read before the status, so that no request gets the ticket of a state that started after it passed.
        ticket = Volatile.Read(ref _generation);
        if (_status == CircuitStatus.Closed)
        {
            return true;
        }

        bool entered;
        lock (_lock)
        {
            entered = TryProbe_NeedsLock(now, out ticket, out retryAfter);
        }

        _changes.Deliver();
        return entered;
    }

    /// <summary>
    /// Sets the function that checks whether a probe has started its answer. It is called if the probe has not ended after another
    /// break: a running stream is an answer, though it may not end for hours.
    /// </summary>
    public void TrackProbe(long ticket, Func<bool> hasAnswered)
    {
        lock (_lock)
        {
            if (_latestProbe == ticket)
            {
                _hasProbeAnswered = hasAnswered;
            }
        }
    }

    /// <summary>A request has ended.</summary>
    /// <param name="ticket">The ticket from <see cref="TryEnter"/>.</param>
    /// <param name="success">Null if the outcome does not describe the endpoint: the client disconnected, or another guard refused.</param>
    /// <param name="now">The end of the request.</param>
    /// <param name="source">The source of the request.</param>
    /// <param name="elapsed">How many clock ticks it took.</param>
    /// <returns>The number of failing paths and clients, the first time that the circuit stays closed only because they are few; otherwise null.</returns>
    public string? Leave(long ticket, bool? success, long now, in RequestSource source = default, long elapsed = 0)
    {
        if (ticket == NoTicket || (_status == CircuitStatus.Closed && (success is null || (success.Value && _evidence is null))))
        {
            return null;
        }

        string? concentrated = null;
        lock (_lock)
        {
            if (_status == CircuitStatus.Closed && ticket == _generation && success is { } outcome)
            {
                concentrated = Record_NeedsLock(outcome, now, source, elapsed);
            }
            else if (_status == CircuitStatus.HalfOpen)
            {
                EndProbe_NeedsLock(ticket, success == true && IsSlow(elapsed) ? false : success, now);
            }
        }

        _changes.Deliver();
        return concentrated;
    }

    /// <summary>Changes the state by hand. An isolated circuit refuses until it is closed or reset.</summary>
    public void Execute(CircuitCommand command, string reason)
    {
        lock (_lock)
        {
            var to = command == CircuitCommand.Isolate ? CircuitStatus.Isolated : CircuitStatus.Closed;
            if (_status != to)
            {
                Change_NeedsLock(to, reason);
            }

            if (to == CircuitStatus.Closed)
            {
                _breaks.Closed(time.GetTimestamp());
                StartAgain_NeedsLock(forget: command == CircuitCommand.Reset);
            }
        }

        _changes.Deliver();
    }

    private bool IsSlow(long elapsed) => _rules.SlowCallDuration is { } slow && elapsed >= Ticks(slow);

    private string? Record_NeedsLock(bool success, long now, in RequestSource source, long elapsed)
    {
        var evidence = _evidence ??= new CircuitEvidence(_rules, time.TimestampFrequency);
        var verdict = evidence.Record(success, now, source, IsSlow(elapsed));
        if (verdict == RuleVerdict.Open)
        {
            Open_NeedsLock(now, evidence.Explain(now));
        }

        if (verdict != RuleVerdict.Concentrated || _isConcentrationReported)
        {
            return null;
        }

        _isConcentrationReported = true;
        return evidence.Describe();
    }

    private bool TryProbe_NeedsLock(long now, out long ticket, out TimeSpan retryAfter)
    {
        ticket = NoTicket;
        retryAfter = default;
        if (_status == CircuitStatus.HalfOpen && _ramp.IsOverdue(now) && _hasProbeAnswered?.Invoke() == true)
        {
            Close_NeedsLock(now, "the probe has started its answer");
        }

        switch (_status)
        {
            case CircuitStatus.Closed:
                ticket = _generation;
                return true;
            case CircuitStatus.Isolated:
                retryAfter = _rules.LongestBreak;
                return false;
            case CircuitStatus.Open when now < _openUntil:
                retryAfter = time.GetElapsedTime(now, _openUntil);
                return false;
            case CircuitStatus.Open:
                Change_NeedsLock(CircuitStatus.HalfOpen, "the break is over");
                _ramp.Start(_generation + 1);
                break;
            default:
                break;
        }

        if (!_ramp.TryEnter(_generation + 1, now, Ticks(_break)))
        {
            retryAfter = time.GetElapsedTime(now, _ramp.Until);
            return false;
        }

        _latestProbe = ticket = ++_generation;
        _hasProbeAnswered = null;
        return true;
    }

    private void EndProbe_NeedsLock(long ticket, bool? success, long now)
    {
        if (ticket == _latestProbe)
        {
            _hasProbeAnswered = null;
        }

        switch (_ramp.Leave(ticket, success, _rules.FailedProbes))
        {
            case RampVerdict.Close:
                Close_NeedsLock(now, "a probe succeeded");
                break;
            case RampVerdict.Open:
                Open_NeedsLock(now, "the probes failed");
                break;
            default:
                break;
        }
    }

    private void Open_NeedsLock(long now, string reason)
    {
        TakeNewRules_NeedsLock();
        _break = _breaks.Next(_rules, now);
        _openUntil = now + Ticks(_break);
        Change_NeedsLock(CircuitStatus.Open, reason);
    }

    private void Close_NeedsLock(long now, string reason)
    {
        _breaks.Closed(now);
        Change_NeedsLock(CircuitStatus.Closed, reason);
        StartAgain_NeedsLock(forget: false);
    }

    private void StartAgain_NeedsLock(bool forget)
    {
        _evidence?.Reset();
        TakeNewRules_NeedsLock(forget);
        if (forget)
        {
            _breaks.Reset();
        }
    }

    private void TakeNewRules_NeedsLock(bool forget = false)
    {
        if (_rules == _newRules && !forget)
        {
            return;
        }

        // A configured window counts successes from the start; the other rules count nothing before the first failure.
        _rules = _newRules;
        _evidence = _evidence is not null || _rules.CountsSuccesses
            ? new CircuitEvidence(_rules, time.TimestampFrequency, forget ? 0 : _evidence?.UsualRatio ?? 0)
            : null;
    }

    private void Change_NeedsLock(CircuitStatus to, string reason)
    {
        _generation++;
        _latestProbe = NoTicket;
        _hasProbeAnswered = null;
        _changes.Add(new CircuitChange(name, direction, _status, to, to == CircuitStatus.Open ? _break : null, time.GetUtcNow()) { Reason = reason });
        _status = to;
    }

    private long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * time.TimestampFrequency);
}

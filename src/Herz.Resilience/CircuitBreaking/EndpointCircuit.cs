using Herz.Resilience.CircuitBreaking.Changes;
using Herz.Resilience.CircuitBreaking.Evidence;
using Herz.Resilience.CircuitBreaking.Rules;

namespace Herz.Resilience.CircuitBreaking;

/// <summary>
/// The circuit of one endpoint: decides which requests may pass, and whose outcomes count. A request belongs to the generation in
/// which it entered; the outcome of an older generation is dropped, because it describes an earlier state.
/// </summary>
/// <param name="key">The name of the endpoint.</param>
/// <param name="time">The clock.</param>
/// <param name="onChange">Called for every change, in order, outside the lock.</param>
internal sealed class EndpointCircuit(string key, TimeProvider time, Action<CircuitChange> onChange)
{
    /// <summary>The ticket of a request that is not counted.</summary>
    public const long NoTicket = 0;

    private readonly Lock _lock = new();
    private readonly BreakSchedule _breaks = new(time.TimestampFrequency);
    private readonly CircuitChanges _changes = new(onChange);
    private CircuitRules _newRules = null!;
    private CircuitRules _rules = null!;
    private volatile CircuitEvidence? _evidence;
    private volatile CircuitStatus _status;
    private TimeSpan _break;
    private long _generation = 1;
    private long _openUntil;
    private long _firstProbe;
    private long _probe;
    private long _probeUntil;
    private int _failedProbes;
    private bool _isConcentrationReported;
    private Func<bool>? _hasProbeAnswered;

    public string Key => key;

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
            if (_probe == ticket)
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
    /// <returns>The number of failing paths and clients, the first time that the circuit stays closed only because they are few; otherwise null.</returns>
    public string? Leave(long ticket, bool? success, long now, in RequestSource source = default)
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
                concentrated = Record_NeedsLock(outcome, now, source);
            }
            else if (_status == CircuitStatus.HalfOpen && ticket >= _firstProbe)
            {
                EndProbe_NeedsLock(ticket, success, now);
            }
        }

        _changes.Deliver();
        return concentrated;
    }

    private string? Record_NeedsLock(bool success, long now, in RequestSource source)
    {
        var evidence = _evidence ??= new CircuitEvidence(_rules, time.TimestampFrequency);
        var verdict = evidence.Record(success, now, source);
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
        if (_status == CircuitStatus.HalfOpen && _probe != NoTicket && now >= _probeUntil && _hasProbeAnswered?.Invoke() == true)
        {
            Close_NeedsLock(now, "the probe has started its answer");
        }

        if (_status == CircuitStatus.Closed)
        {
            ticket = _generation;
            return true;
        }

        var until = _status == CircuitStatus.Open ? _openUntil : _probe != NoTicket ? _probeUntil : now;
        if (now < until)
        {
            retryAfter = time.GetElapsedTime(now, until);
            return false;
        }

        if (_status == CircuitStatus.Open)
        {
            Change_NeedsLock(CircuitStatus.HalfOpen, "the break is over");
            _firstProbe = _generation + 1;
            _failedProbes = 0;
        }

        // A probe that has not ended within another break is given up: the next request is also a probe.
        _probe = ticket = ++_generation;
        _probeUntil = now + Ticks(_break);
        _hasProbeAnswered = null;
        return true;
    }

    // Any probe of this half-open period may close the circuit, even one that was given up; only the current one may open it.
    private void EndProbe_NeedsLock(long ticket, bool? success, long now)
    {
        if (success == true)
        {
            Close_NeedsLock(now, "a probe succeeded");
            return;
        }

        if (ticket != _probe)
        {
            return;
        }

        // After no outcome, or a failure that may be random, the next request is the probe.
        _probe = NoTicket;
        _hasProbeAnswered = null;
        if (success == false && ++_failedProbes >= _rules.FailedProbes)
        {
            Open_NeedsLock(now, _failedProbes == 1 ? "the probe failed" : "the probes failed");
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
        _evidence?.Reset();
        TakeNewRules_NeedsLock();
    }

    private void TakeNewRules_NeedsLock()
    {
        if (_rules == _newRules)
        {
            return;
        }

        // A configured window counts successes from the start; the other rules count nothing before the first failure.
        _rules = _newRules;
        _evidence = _evidence is not null || _rules.HasWindow
            ? new CircuitEvidence(_rules, time.TimestampFrequency, _evidence?.UsualRatio ?? 0)
            : null;
    }

    private void Change_NeedsLock(CircuitStatus to, string reason)
    {
        _generation++;
        _probe = NoTicket;
        _hasProbeAnswered = null;
        _changes.Add(new CircuitChange(key, _status, to, to == CircuitStatus.Open ? _break : null, time.GetUtcNow()) { Reason = reason });
        _status = to;
    }

    private long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * time.TimestampFrequency);
}

using Herz.Resilience.CircuitBreaking.Changes;
using Herz.Resilience.CircuitBreaking.Evidence;
using Herz.Resilience.CircuitBreaking.Rules;

namespace Herz.Resilience.CircuitBreaking;

/// <summary>
/// The circuit of one endpoint: which requests may pass, and whose outcomes count. A request belongs to the generation in which it
/// entered; the outcome of an older generation is dropped, since it describes a state that is over.
/// </summary>
/// <param name="key">Names the endpoint.</param>
/// <param name="time">The clock.</param>
/// <param name="onChange">Notified of every change, in order, outside of the lock.</param>
internal sealed class EndpointCircuit(string key, TimeProvider time, Action<CircuitChange> onChange)
{
    /// <summary>What a request holds that is not counted.</summary>
    public const long NoTicket = 0;

    private readonly Lock _lock = new();
    private readonly BreakSchedule _breaks = new(time.TimestampFrequency);
    private readonly CircuitChanges _changes = new(onChange);
    private CircuitRules _wanted = null!;
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
    private bool _hasReported;
    private Func<bool>? _hasProbeAnswered;

    public string Key => key;

    public CircuitStatus Status => _status;

    /// <summary>Whether it matters where a request came from.</summary>
    public bool UsesSources => _evidence is { UsesSources: true };

    /// <summary>Takes new rules. A closed circuit begins anew with them; one that is open ends its break first.</summary>
    public void Apply(CircuitRules rules)
    {
        lock (_lock)
        {
            _wanted = rules;
            if (_status == CircuitStatus.Closed)
            {
                TakeWanted_NeedsLock();
            }
        }
    }

    /// <summary>Whether a request may pass, and the ticket that it shows when it ends.</summary>
    public bool TryEnter(long now, out long ticket, out TimeSpan retryAfter)
    {
        retryAfter = default;

        // Read before the status, so that no request can hold the ticket of a state that began after it was let in.
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
    /// Says how to learn whether a probe has begun its answer, asked when the probe has not ended after another break: a stream that flows
    /// is an answer, though it may not end for hours.
    /// </summary>
    public void WatchProbe(long ticket, Func<bool> hasAnswered)
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
    /// <param name="ticket">What it was given.</param>
    /// <param name="success">Null where the outcome says nothing of the endpoint: the client left, or another guard refused.</param>
    /// <param name="now">When it ended.</param>
    /// <param name="source">Where it came from.</param>
    /// <returns>The first time that the circuit stays closed only because the failures are those of few paths or clients: how few. Null else.</returns>
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

        if (verdict != RuleVerdict.Concentrated || _hasReported)
        {
            return null;
        }

        _hasReported = true;
        return evidence.Describe();
    }

    private bool TryProbe_NeedsLock(long now, out long ticket, out TimeSpan retryAfter)
    {
        ticket = NoTicket;
        retryAfter = default;
        if (_status == CircuitStatus.HalfOpen && _probe != NoTicket && now >= _probeUntil && _hasProbeAnswered?.Invoke() == true)
        {
            Close_NeedsLock(now, "the probe has begun its answer");
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

        // A probe that has not ended within another break is given up: the next request is one too.
        _probe = ticket = ++_generation;
        _probeUntil = now + Ticks(_break);
        _hasProbeAnswered = null;
        return true;
    }

    // Any probe of this half-open time may close the circuit, also a slow one that was given up; only the current one may open it.
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

        // Without an outcome, or with a failure that may be luck, the next request is the probe.
        _probe = NoTicket;
        _hasProbeAnswered = null;
        if (success == false && ++_failedProbes >= _rules.FailedProbes)
        {
            Open_NeedsLock(now, _failedProbes == 1 ? "the probe failed" : "the probes failed");
        }
    }

    private void Open_NeedsLock(long now, string reason)
    {
        TakeWanted_NeedsLock();
        _break = _breaks.Next(_rules, now);
        _openUntil = now + Ticks(_break);
        Change_NeedsLock(CircuitStatus.Open, reason);
    }

    private void Close_NeedsLock(long now, string reason)
    {
        _breaks.Closed(now);
        Change_NeedsLock(CircuitStatus.Closed, reason);
        _evidence?.Reset();
        TakeWanted_NeedsLock();
    }

    private void TakeWanted_NeedsLock()
    {
        if (_rules == _wanted)
        {
            return;
        }

        // Where a window is configured its successes count from the start; else nothing is worth counting before the first failure.
        _rules = _wanted;
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

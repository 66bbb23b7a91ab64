using Herz.Resilience.CircuitBreaking;
using Herz.Resilience.CircuitBreaking.Rules;

namespace Herz.Resilience.Tests.CircuitBreaking;

/// <summary>
/// A circuit with a configured ratio, written for clarity alone: it keeps every outcome, and each span of a state has a number of its
/// own, so that nothing of an older one can count. Its window is as long as the run.
/// </summary>
internal sealed class ReferenceCircuit(CircuitRules rules, TimeProvider time)
{
    private readonly List<bool> _outcomes = [];
    private readonly List<(int Span, bool IsProbe)> _tickets = [];
    private int _span;
    private int _probe = -1;
    private DateTimeOffset _until;

    public CircuitStatus Status { get; private set; }

    public bool TryEnter(out int ticket)
    {
        ticket = _tickets.Count;
        var now = time.GetUtcNow();
        if (Status == CircuitStatus.Closed)
        {
            _tickets.Add((_span, false));
            return true;
        }

        if (now < _until && (Status == CircuitStatus.Open || _probe >= 0))
        {
            return false;
        }

        if (Status == CircuitStatus.Open)
        {
            Go(CircuitStatus.HalfOpen);
        }

        _probe = ticket;
        _until = now + rules.BreakDuration!.Value;
        _tickets.Add((_span, true));
        return true;
    }

    public void Leave(int ticket, bool? success)
    {
        if (_tickets[ticket].Span != _span)
        {
            return;
        }

        if (Status == CircuitStatus.Closed && success is { } outcome)
        {
            _outcomes.Add(outcome);
            if (!outcome && IsTooMuch())
            {
                Open();
            }
        }
        else if (Status == CircuitStatus.HalfOpen && success == true)
        {
            Go(CircuitStatus.Closed);
        }
        else if (Status == CircuitStatus.HalfOpen && ticket == _probe)
        {
            _probe = -1;
            if (success == false)
            {
                Open();
            }
        }
    }

    private bool IsTooMuch() =>
        _outcomes.Count >= rules.Throughput && _outcomes.Count(success => !success) >= rules.WindowRatio * _outcomes.Count;

    private void Open()
    {
        Go(CircuitStatus.Open);
        _until = time.GetUtcNow() + rules.BreakDuration!.Value;
    }

    private void Go(CircuitStatus status)
    {
        Status = status;
        _span++;
        _probe = -1;
        _outcomes.Clear();
    }
}

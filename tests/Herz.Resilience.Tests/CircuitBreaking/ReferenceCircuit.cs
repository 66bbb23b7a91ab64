using Herz.Resilience.CircuitBreaking;
using Herz.Resilience.CircuitBreaking.Rules;

namespace Herz.Resilience.Tests.CircuitBreaking;

/// <summary>
/// A circuit with a configured ratio, written for clarity: it keeps every outcome, and each period of a state has its own number,
/// so that outcomes of older periods never count. Its window is as long as the run.
/// </summary>
internal sealed class ReferenceCircuit(CircuitRules rules, TimeProvider time)
{
    private readonly List<bool> _outcomes = [];
    private readonly List<(int Period, bool IsProbe)> _tickets = [];
    private int _period;
    private int _probe = -1;
    private DateTimeOffset _until;

    public CircuitStatus Status { get; private set; }

    public bool TryEnter(out int ticket)
    {
        ticket = _tickets.Count;
        var now = time.GetUtcNow();
        if (Status == CircuitStatus.Closed)
        {
            _tickets.Add((_period, false));
            return true;
        }

        if (now < _until && (Status == CircuitStatus.Open || _probe >= 0))
        {
            return false;
        }

        if (Status == CircuitStatus.Open)
        {
            ChangeTo(CircuitStatus.HalfOpen);
        }

        _probe = ticket;
        _until = now + rules.BreakDuration!.Value;
        _tickets.Add((_period, true));
        return true;
    }

    public void Leave(int ticket, bool? success)
    {
        if (_tickets[ticket].Period != _period)
        {
            return;
        }

        if (Status == CircuitStatus.Closed && success is { } outcome)
        {
            _outcomes.Add(outcome);
            if (!outcome && MustOpen())
            {
                Open();
            }
        }
        else if (Status == CircuitStatus.HalfOpen && success == true)
        {
            ChangeTo(CircuitStatus.Closed);
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

    private bool MustOpen() =>
        _outcomes.Count >= rules.Throughput && _outcomes.Count(success => !success) >= rules.WindowRatio * _outcomes.Count;

    private void Open()
    {
        ChangeTo(CircuitStatus.Open);
        _until = time.GetUtcNow() + rules.BreakDuration!.Value;
    }

    private void ChangeTo(CircuitStatus status)
    {
        Status = status;
        _period++;
        _probe = -1;
        _outcomes.Clear();
    }
}

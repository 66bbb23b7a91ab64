using Herz.Resilience.CircuitBreaking;
using Herz.Resilience.CircuitBreaking.Rules;

namespace Herz.Resilience.Tests.CircuitBreaking;

/// <summary>
/// A circuit with a configured ratio, written for clarity: it keeps every request and every outcome, and each period of a state has
/// its own number, so that outcomes of older periods never count. Its window is as long as the run.
/// </summary>
internal sealed class ReferenceCircuit(CircuitRules rules, TimeProvider time)
{
    private readonly List<bool> _outcomes = [];
    private readonly List<Entry> _entries = [];
    private readonly List<bool> _round = [];
    private int _period;
    private double _limit;
    private bool _isProven;
    private bool _isSlow;
    private int _failedProbes;
    private DateTimeOffset _until;

    public CircuitStatus Status { get; private set; }

    private IEnumerable<Entry> Running => _entries.Where(entry => entry.Period == _period && entry is { HasEnded: false, IsGivenUp: false });

    public bool TryEnter(out int ticket)
    {
        ticket = _entries.Count;
        var now = time.GetUtcNow();
        if (Status == CircuitStatus.Isolated || (Status == CircuitStatus.Open && now < _until))
        {
            return false;
        }

        if (Status == CircuitStatus.Open)
        {
            ChangeTo(CircuitStatus.HalfOpen);
        }

        if (Status == CircuitStatus.HalfOpen)
        {
            if (Running.Count() >= (int)_limit)
            {
                if (now < _until)
                {
                    _entries.ForEach(entry => entry.SawRefusal = true);
                    return false;
                }

                _entries.ForEach(entry => entry.IsGivenUp = true);
            }

            _until = now + rules.BreakDuration!.Value;
        }

        _entries.Add(new Entry { Period = _period });
        return true;
    }

    public void Leave(int ticket, bool? success)
    {
        var entry = _entries[ticket];
        entry.HasEnded = true;
        if (entry.Period != _period || success is not { } outcome)
        {
            return;
        }

        if (Status == CircuitStatus.Closed)
        {
            _outcomes.Add(outcome);
            if (!outcome && MustOpen())
            {
                Open();
            }
        }
        else if (Status == CircuitStatus.HalfOpen)
        {
            LeaveHalfOpen(entry, outcome);
        }
    }

    public void Execute(CircuitCommand command)
    {
        var to = command == CircuitCommand.Isolate ? CircuitStatus.Isolated : CircuitStatus.Closed;
        if (Status != to)
        {
            ChangeTo(to);
        }

        if (to == CircuitStatus.Closed)
        {
            _outcomes.Clear();
        }
    }

    private void LeaveHalfOpen(Entry entry, bool success)
    {
        if (success && !entry.SawRefusal)
        {
            ChangeTo(CircuitStatus.Closed);
        }
        else if (success)
        {
            _isProven = true;
            _limit += _isSlow || _round.Contains(false) ? 0 : 1;
            EndRound(entry, success);
        }
        else if (!entry.IsGivenUp && !_isProven)
        {
            if (++_failedProbes >= rules.FailedProbes)
            {
                Open();
            }
        }
        else if (!entry.IsGivenUp)
        {
            EndRound(entry, success);
        }
    }

    private void EndRound(Entry entry, bool success)
    {
        if (entry.IsOfEarlierRound)
        {
            return;
        }

        _round.Add(success);
        if (_round.Count < Math.Max(10, (int)_limit))
        {
            return;
        }

        var share = _round.Count(outcome => !outcome) / (double)_round.Count;
        _round.Clear();
        var isMixed = _isSlow || share > 0;
        _isSlow |= share >= 0.1;
        if (share >= 0.6 && (int)_limit == 1)
        {
            Open();
        }
        else if (share < 0.6)
        {
            _limit += isMixed ? Math.Max(1, _limit / 8) : 0;
        }
        else
        {
            _limit = Math.Max(1, _limit / (share >= 0.9 ? 4 : 2));
            _entries.ForEach(earlier => earlier.IsOfEarlierRound = true);
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
        _limit = 1;
        _isProven = _isSlow = false;
        _failedProbes = 0;
        _outcomes.Clear();
        _round.Clear();
    }

    private sealed class Entry
    {
        public int Period { get; init; }

        public bool HasEnded { get; set; }

        public bool IsGivenUp { get; set; }

        public bool SawRefusal { get; set; }

        public bool IsOfEarlierRound { get; set; }
    }
}

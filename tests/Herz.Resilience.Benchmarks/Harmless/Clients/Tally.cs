namespace Herz.Resilience.Benchmarks.Harmless.Clients;

/// <summary>What the clients of one run counted.</summary>
internal sealed class Tally
{
    private readonly int[] _failures = new int[Enum.GetValues<Failure>().Length];
    private readonly List<double> _times = [];
    private readonly Lock _lock = new();
    private readonly List<string> _samples = [];
    private int _requests;
    private int _designed;
    private int _expectedErrors;

    public int Requests => _requests;

    /// <summary>Failures that the app itself makes.</summary>
    public int Designed => _designed;

    /// <summary>Answers with a 5xx that the client counts as right, such as an app's own error page.</summary>
    public int ExpectedErrors => _expectedErrors;

    public int Failures => _failures.Sum();

    /// <summary>The time in seconds within which three of four right answers came; 0 without any.</summary>
    public double UpperQuartile
    {
        get
        {
            lock (_lock)
            {
                return _times.Count == 0 ? 0 : _times.Order().ElementAt(_times.Count * 3 / 4);
            }
        }
    }

    /// <summary>The first few failures, in words.</summary>
    public IReadOnlyList<string> Samples => _samples;

    public int this[Failure kind] => _failures[(int)kind];

    public void Request(Expected expected)
    {
        Interlocked.Increment(ref _requests);
        if (expected.Fails)
        {
            Interlocked.Increment(ref _designed);
        }
    }

    /// <summary>A right answer took so long.</summary>
    public void Answered(TimeSpan took)
    {
        lock (_lock)
        {
            _times.Add(took.TotalSeconds);
        }
    }

    public void ExpectedError() => Interlocked.Increment(ref _expectedErrors);

    public void Fail(Failure kind, string what)
    {
        Interlocked.Increment(ref _failures[(int)kind]);
        lock (_lock)
        {
            if (_samples.Count < 5 && !_samples.Contains(what))
            {
                _samples.Add(what);
            }
        }
    }
}

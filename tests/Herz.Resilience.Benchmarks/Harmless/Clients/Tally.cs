namespace Herz.Resilience.Benchmarks.Harmless.Clients;

/// <summary>The counts of the clients of one run.</summary>
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

    /// <summary>Intended failures of the app.</summary>
    public int Designed => _designed;

    /// <summary>5xx answers that the client expects, such as an app's own error page.</summary>
    public int ExpectedErrors => _expectedErrors;

    public int Failures => _failures.Sum();

    /// <summary>Upper quartile of the times of correct answers in seconds; 0 if there are none.</summary>
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

    /// <summary>Descriptions of the first few failures.</summary>
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

    /// <summary>Records the time of a correct answer.</summary>
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

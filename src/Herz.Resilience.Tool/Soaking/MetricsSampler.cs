using Herz.Resilience.Tool.Judgement;

namespace Herz.Resilience.Tool.Soaking;

/// <summary>Reads a metrics endpoint at a steady pace while a load runs, and keeps the chosen series.</summary>
internal sealed class MetricsSampler
{
    private const int MostSeries = 50;

    private static readonly TimeSpan s_firstLook = TimeSpan.FromSeconds(10);

    private readonly HttpMessageInvoker _client;
    private readonly Uri _url;
    private readonly IReadOnlyList<SeriesChoice> _choices;
    private readonly bool _gaugesOnly;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, List<Sample>> _series = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (double Seconds, double Value)> _counters = new(StringComparer.Ordinal);

    /// <summary>Makes a sampler.</summary>
    /// <param name="client">How to ask.</param>
    /// <param name="url">The endpoint.</param>
    /// <param name="choices">Which series.</param>
    /// <param name="gaugesOnly">Whether counters and histograms that a pattern meets are left out.</param>
    /// <param name="time">The clock.</param>
    public MetricsSampler(HttpMessageInvoker client, Uri url, IReadOnlyList<SeriesChoice> choices, bool gaugesOnly, TimeProvider time)
    {
        _client = client;
        _url = url;
        _choices = choices;
        _gaugesOnly = gaugesOnly;
        _time = time;
    }

    /// <summary>The samples of each series, by name, in the order of time.</summary>
    public IReadOnlyDictionary<string, List<Sample>> Series => _series;

    /// <summary>Names of counters that are kept as their rate per second.</summary>
    public IReadOnlyCollection<string> Counters => _counters.Keys;

    /// <summary>Scrapes that failed after the first.</summary>
    public int Missed { get; private set; }

    /// <summary>Asks once, to know that metrics are there.</summary>
    /// <exception cref="UsageException">The endpoint answers something else.</exception>
    /// <exception cref="Running.TargetUnreachableException">It does not answer.</exception>
    public async Task<Exposition> LookAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_firstLook);
        try
        {
            return await ScrapeAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new Running.TargetUnreachableException($"the metrics endpoint {_url} did not answer within {s_firstLook.TotalSeconds} s", e);
        }
        catch (NotMetricsException e)
        {
            throw new UsageException($"{_url} is no metrics endpoint: {e.Message}; name the right one with --metrics URL", e);
        }
        catch (HttpRequestException e)
        {
            throw new Running.TargetUnreachableException($"the metrics endpoint {_url} cannot be read: {e.GetBaseException().Message.TrimEnd('.')}; name another one with --metrics URL", e);
        }
    }

    /// <summary>Samples until cancelled; a failed scrape is counted and the next one tried.</summary>
    /// <param name="begin">Timestamp from which samples count their time.</param>
    /// <param name="period">Time between two samples.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(long begin, TimeSpan period, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(period, _time);
        try
        {
            do
            {
                await SampleAsync(begin, period, cancellationToken).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The load ended, and the sampling with it.
        }
    }

    private async Task SampleAsync(long begin, TimeSpan period, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(period);
        try
        {
            var scrape = await ScrapeAsync(patience.Token).ConfigureAwait(false);
            Keep(scrape, _time.GetElapsedTime(begin).TotalSeconds);
        }
        catch (Exception e) when (e is NotMetricsException or HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // An overloaded target may well miss a scrape; that is no reason to lose the run.
            Missed++;
        }
    }

    private void Keep(Exposition scrape, double seconds)
    {
        foreach (var (name, value) in _choices.SelectMany(c => c.Of(scrape)).DistinctBy(s => s.Name))
        {
            var bare = name.Split('{')[0];
            var isCounter = scrape.TypeOf(bare) is "counter" or "histogram" or "summary";
            if ((isCounter && _gaugesOnly) || (!_series.ContainsKey(name) && _series.Count >= MostSeries))
            {
                continue;
            }

            if (!isCounter)
            {
                Add(name, new Sample(seconds, value));
                continue;
            }

            // A counter grows by design; what may grow without an end is its rate. A restart sets it back.
            if (_counters.TryGetValue(name, out var last) && seconds > last.Seconds && value >= last.Value)
            {
                Add(name, new Sample(seconds, (value - last.Value) / (seconds - last.Seconds)));
            }

            _counters[name] = (seconds, value);
        }
    }

    private void Add(string name, Sample sample)
    {
        if (!_series.TryGetValue(name, out var samples))
        {
            _series[name] = samples = [];
        }

        samples.Add(sample);
    }

    private async Task<Exposition> ScrapeAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _url);
        request.Headers.TryAddWithoutValidation("Accept", "application/openmetrics-text;version=1.0.0;q=0.9, text/plain;version=0.0.4;q=1");
        using var response = await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw new NotMetricsException($"it answered {(int)response.StatusCode}");
        }

        return Exposition.Parse(await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));
    }
}

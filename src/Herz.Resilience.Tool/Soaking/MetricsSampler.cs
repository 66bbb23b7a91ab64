using Herz.Resilience.Tool.Judgement;

namespace Herz.Resilience.Tool.Soaking;

/// <summary>Scrapes a metrics endpoint at a fixed interval during a load and stores the chosen series.</summary>
internal sealed class MetricsSampler
{
    private const int MaxSeries = 50;

    private static readonly TimeSpan s_firstScrapeTimeout = TimeSpan.FromSeconds(10);

    private readonly HttpMessageInvoker _client;
    private readonly Uri _url;
    private readonly IReadOnlyList<SeriesChoice> _choices;
    private readonly bool _gaugesOnly;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, List<Sample>> _series = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (double Seconds, double Value)> _counters = new(StringComparer.Ordinal);

    /// <summary>Creates a sampler.</summary>
    /// <param name="client">Sends the scrapes.</param>
    /// <param name="url">The endpoint.</param>
    /// <param name="choices">The series to store.</param>
    /// <param name="gaugesOnly">Whether to skip counters and histograms that match a pattern.</param>
    /// <param name="time">The clock.</param>
    public MetricsSampler(HttpMessageInvoker client, Uri url, IReadOnlyList<SeriesChoice> choices, bool gaugesOnly, TimeProvider time)
    {
        _client = client;
        _url = url;
        _choices = choices;
        _gaugesOnly = gaugesOnly;
        _time = time;
    }

    /// <summary>The samples of each series by name, in time order.</summary>
    public IReadOnlyDictionary<string, List<Sample>> Series => _series;

    /// <summary>Names of counters that are stored as rate per second.</summary>
    public IReadOnlyCollection<string> Counters => _counters.Keys;

    /// <summary>Number of failed scrapes, without the first scrape.</summary>
    public int Missed { get; private set; }

    /// <summary>Scrapes once to check that the endpoint serves metrics.</summary>
    /// <exception cref="UsageException">The endpoint returns something else.</exception>
    /// <exception cref="Running.TargetUnreachableException">The endpoint does not answer.</exception>
    public async Task<Exposition> ScrapeOnceAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(s_firstScrapeTimeout);
        try
        {
            return await ScrapeAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new Running.TargetUnreachableException($"the metrics endpoint {_url} did not answer within {s_firstScrapeTimeout.TotalSeconds} s", e);
        }
        catch (NotMetricsException e)
        {
            throw new UsageException($"{_url} is not a metrics endpoint: {e.Message}; set the right URL with --metrics", e);
        }
        catch (HttpRequestException e)
        {
            throw new Running.TargetUnreachableException($"the metrics endpoint {_url} cannot be read: {e.GetBaseException().Message.TrimEnd('.')}; set another URL with --metrics", e);
        }
    }

    /// <summary>Samples until cancelled; counts failed scrapes and continues.</summary>
    /// <param name="start">Timestamp of time 0 of the samples.</param>
    /// <param name="period">Interval between two samples.</param>
    /// <param name="cancellationToken">Stops the sampling.</param>
    public async Task RunAsync(long start, TimeSpan period, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(period, _time);
        try
        {
            do
            {
                await SampleAsync(start, period, cancellationToken).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The load has ended.
        }
    }

    private async Task SampleAsync(long start, TimeSpan period, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(period);
        try
        {
            var scrape = await ScrapeAsync(deadline.Token).ConfigureAwait(false);
            Store(scrape, _time.GetElapsedTime(start).TotalSeconds);
        }
        catch (Exception e) when (e is NotMetricsException or HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // An overloaded target may miss a scrape; the run continues.
            Missed++;
        }
    }

    private void Store(Exposition scrape, double seconds)
    {
        foreach (var (name, value) in _choices.SelectMany(c => c.Of(scrape)).DistinctBy(s => s.Name))
        {
            var bare = name.Split('{')[0];
            var isCounter = scrape.TypeOf(bare) is "counter" or "histogram" or "summary";
            if ((isCounter && _gaugesOnly) || (!_series.ContainsKey(name) && _series.Count >= MaxSeries))
            {
                continue;
            }

            if (!isCounter)
            {
                Add(name, new Sample(seconds, value));
                continue;
            }

            // A counter always grows, so its rate is judged. A restart resets the counter.
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
            throw new NotMetricsException($"it returned status {(int)response.StatusCode}");
        }

        return Exposition.Parse(await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));
    }
}

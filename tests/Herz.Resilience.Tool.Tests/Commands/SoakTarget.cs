using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Time.Testing;

namespace Herz.Resilience.Tool.Tests.Commands;

/// <summary>A target on a fake clock: each request waits for the sample that is due, then moves the clock to the next start.</summary>
internal sealed class SoakTarget : IAsyncDisposable
{
    private const int RequestsPerSample = 20;

    private static readonly TimeSpan s_gap = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly Lock _clock = new();
    private readonly SemaphoreSlim _samples = new(0);
    private readonly Func<long, string> _metrics;
    private TestServer _server = null!;
    private int _scrapes;
    private int _started;
    private long _requests;

    private SoakTarget(Func<long, string> metrics) => _metrics = metrics;

    public Uri Url => _server.Url;

    /// <summary>Starts a target.</summary>
    /// <param name="metrics">Returns the metrics after a number of requests.</param>
    public static async Task<SoakTarget> StartAsync(Func<long, string> metrics)
    {
        var target = new SoakTarget(metrics);
        target._server = await TestServer.StartAsync(app =>
        {
            app.MapGet("/metrics", target.Scrape);
            app.MapGet("/", target.AnswerAsync);
        });
        return target;
    }

    /// <summary>Options of a load with one request every 5 s and one sample every 100 s.</summary>
    public static string[] Load(string length = "100m") => ["--rate", "12/m", "--for", length, "--warmup", "0s", "--sample", "100s", "--timeout", "1h"];

    public Task<(int Code, string Out, string Error)> SoakAsync(params string[] options) => SoakAsync(options, TestContext.Current.CancellationToken);

    public Task<(int Code, string Out, string Error)> SoakAsync(string[] options, CancellationToken cancellationToken) =>
        HerzRunner.RunAsync(["soak", $"{Url}", .. options.Contains("--for") ? [] : Load(), .. options], cancellationToken, _time);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _samples.Dispose();
    }

    private string Scrape()
    {
        // The first scrape only checks the endpoint; it is not a sample.
        if (Interlocked.Increment(ref _scrapes) > 1)
        {
            _samples.Release();
        }

        return _metrics(Interlocked.Read(ref _requests));
    }

    private async Task<string> AnswerAsync(CancellationToken aborted)
    {
        if (Interlocked.Increment(ref _started) % RequestsPerSample == 1)
        {
            await _samples.WaitAsync(aborted);
        }

        Interlocked.Increment(ref _requests);
        lock (_clock)
        {
            // A concurrent Advance may return before its timers fire.
            _time.Advance(s_gap);
        }

        return "ok";
    }
}

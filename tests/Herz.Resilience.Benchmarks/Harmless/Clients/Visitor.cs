using System.Diagnostics;
using System.Net;
using Herz.Resilience.Benchmarks.Harmless.Servers;

namespace Herz.Resilience.Benchmarks.Harmless.Clients;

/// <summary>The clients of one run of one row: send requests, check and count the answers.</summary>
internal sealed class Visitor : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromMilliseconds(200);
    private readonly List<IDisposable> _clients = [];
    private readonly double _scale;
    private HttpClient? _client;

    public Visitor(AppProcess server, bool isGuarded, double scale)
    {
        Server = server;
        IsGuarded = isGuarded;
        _scale = scale;
    }

    public AppProcess Server { get; set; }

    /// <summary>Whether the app made the one call.</summary>
    public bool IsGuarded { get; }

    public Tally Tally { get; } = new();

    public Uri Http1 => Server.Http1;

    public Uri Http2 => Server.Http2;

    /// <summary>An HTTP/1.1 client without a connection limit.</summary>
    public HttpClient Client => _client ??= NewClient();

    /// <summary>Creates a client with its own connections.</summary>
    public HttpClient NewClient(int connections = int.MaxValue, bool http2 = false)
    {
        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = connections,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            SslOptions = { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Subject == "CN=localhost" },
        };
        var client = new HttpClient(handler)
        {
            BaseAddress = http2 ? Http2 : Http1,
            Timeout = s_timeout,
            DefaultRequestVersion = http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        Register(client);
        return client;
    }

    /// <summary>Disposes <paramref name="client"/> at the end of the run.</summary>
    public void Register(IDisposable client)
    {
        lock (_clients)
        {
            _clients.Add(client);
        }
    }

    /// <summary>A duration scaled by <c>--seconds</c>.</summary>
    public TimeSpan Scaled(double seconds) => TimeSpan.FromSeconds(seconds * _scale);

    public Task GetAsync(string path, Expected? expected = null, HttpClient? client = null) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), expected, client);

    public Task PostAsync(string path, HttpContent content, Expected? expected = null, HttpClient? client = null) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = content }, expected, client);

    /// <summary>Sends one request and counts its answer.</summary>
    public async Task SendAsync(HttpRequestMessage request, Expected? expecting = null, HttpClient? client = null)
    {
        var expected = expecting ?? Expected.Ok;
        client ??= Client;
        request.Version = client.DefaultRequestVersion;
        request.VersionPolicy = client.DefaultVersionPolicy;
        await AttemptAsync(request.RequestUri!.ToString(), expected, async () =>
        {
            using (request)
            {
                var start = Stopwatch.GetTimestamp();
                using var response = await client.SendAsync(request);
                Judge(request.RequestUri!.ToString(), response, await response.Content.ReadAsStringAsync(), expected, Stopwatch.GetElapsedTime(start));
            }
        });
    }

    /// <summary>Sends one request of any protocol; an exception counts as <see cref="Failure.Cut"/>. After a failure, the client pauses 200 ms.</summary>
    public async Task AttemptAsync(string what, Expected expected, Func<Task> send)
    {
        Tally.Request(expected);
        var failures = Tally.Failures;
        try
        {
            await send().WaitAsync(s_timeout);
        }
#pragma warning disable CA1031 // Every exception means that the client has no answer.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Tally.Fail(Failure.Cut, $"{what}: {(exception.InnerException ?? exception).Message}");
        }

        if (Tally.Failures > failures)
        {
            // In a closed loop, immediate refusals must not cause a flood of requests.
            await Task.Delay(s_pauseAfterFailure);
        }
    }

    /// <summary>Sends in an open loop at a fixed rate, with the number of each request; completes with the last answer.</summary>
    public async Task PaceAsync(double perSecond, double seconds, Func<int, Task> send)
    {
        var count = (int)(Scaled(seconds).TotalSeconds * perSecond);
        var start = Stopwatch.GetTimestamp();
        var sent = new List<Task>(count);
        for (var index = 0; index < count; index++)
        {
            var wait = TimeSpan.FromSeconds(index / perSecond) - Stopwatch.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait);
            }

            sent.Add(send(index));
        }

        await Task.WhenAll(sent);
    }

    /// <summary>Runs an action later in the load.</summary>
    public async Task LaterAsync(double seconds, Func<Task> then)
    {
        await Task.Delay(Scaled(seconds));
        await then();
    }

    /// <summary>Sends in a closed loop: each client sends its next request after an answer, with the numbers of client and request.</summary>
    public async Task LoopAsync(int clients, double seconds, Func<int, int, Task> send)
    {
        var (start, length) = (Stopwatch.GetTimestamp(), Scaled(seconds));
        await AllAsync(clients, async client =>
        {
            for (var request = 0; Stopwatch.GetElapsedTime(start) < length; request++)
            {
                await send(client, request);
            }
        });
    }

    /// <summary>Sends <paramref name="count"/> requests concurrently.</summary>
    public static Task AllAsync(int count, Func<int, Task> send) => Task.WhenAll(Enumerable.Range(0, count).Select(index => Task.Run(() => send(index))));

    public void Dispose() => _clients.ForEach(static client => client.Dispose());

    private void Judge(string what, HttpResponseMessage response, string body, Expected expected, TimeSpan took)
    {
        var status = (int)response.StatusCode;
        if (status != expected.Status || expected.Fails)
        {
            if (status != expected.Status || status >= 500)
            {
                Tally.Fail(status >= 500 ? Failure.ServerError : status == 429 ? Failure.Limited : Failure.Status, $"{what}: {status} {Shorten(body)}");
            }

            return;
        }

        if (status >= 500)
        {
            Tally.ExpectedError();
        }

        if ((expected.Body is { } text && !body.Contains(text, StringComparison.Ordinal))
            || (expected.Header is { } header && !response.Headers.NonValidated.Contains(header) && !response.Content.Headers.NonValidated.Contains(header)))
        {
            Tally.Fail(Failure.Body, $"{what}: {status} without {expected.Header ?? expected.Body}, with {Shorten(body)}");
        }
        else if (took > expected.Within)
        {
            Tally.Fail(Failure.Slow, $"{what}: after {took.TotalSeconds:F1} s");
        }
        else
        {
            Tally.Answered(took);
        }
    }

    private static string Shorten(string body) => body.Length > 120 ? body[..120] : body;
}

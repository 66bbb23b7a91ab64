using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Security;
using Herz.Resilience.Tool.GrpcCalls;
using Herz.Resilience.Tool.Http1;
using Herz.Resilience.Tool.Recording;
using Herz.Resilience.Tool.Requests;
using Herz.Resilience.Tool.Running;
using Herz.Resilience.Tool.Scheduling;

namespace Herz.Resilience.Tool.Http2;

/// <summary>
/// HTTP/2, and HTTP/1.1 over TLS, with the framework's client. Requests run on pool threads. One thread starts them and records
/// the outcomes, which it receives through a queue.
/// </summary>
internal sealed class HandlerEngine : ILoadEngine
{
    private const int MaxStartsInARow = 32;
    private const int MaxRefusalBody = 4096;
    private const long MaxSleepNs = 5_000_000;
    private const long ClosedSleepNs = 100_000;

    private readonly LoadSettings _settings;
    private readonly IPacer _pacer;
    private readonly Recorder _recorder;
    private readonly TimeProvider _time;
    private readonly WeightedChoice _choice;
    private readonly HttpMessageInvoker _client;
    private readonly ConcurrentQueue<Completion> _done = new();
    private readonly IReadiness _sleeper = OperatingSystem.IsLinux() ? new EpollReadiness() : new SelectReadiness();
    private readonly CancellationTokenSource _stop = new();
    private readonly long _fullTimeoutMs;
    private readonly string _fullTimeout;
    private long _begin;
    private int _pending;

    /// <summary>Creates an engine.</summary>
    /// <param name="settings">The settings of the run.</param>
    /// <param name="pacer">Determines the starts.</param>
    /// <param name="recorder">Receives the outcomes.</param>
    /// <param name="time">The clock; only timestamps are used.</param>
    public HandlerEngine(LoadSettings settings, IPacer pacer, Recorder recorder, TimeProvider time)
    {
        _settings = settings;
        _pacer = pacer;
        _recorder = recorder;
        _time = time;
        _choice = new WeightedChoice(settings.Templates.Select(t => t.Weight));
        _fullTimeoutMs = (long)Math.Ceiling(settings.Timeout.TotalMilliseconds);
        _fullTimeout = Milliseconds(_fullTimeoutMs);
        _client = new HttpMessageInvoker(MakeHandler(settings));
    }

    private long Now => (long)((_time.GetTimestamp() - _begin) * (1e9 / _time.TimestampFrequency));

    /// <inheritdoc />
    public long Run(CancellationToken cancellationToken)
    {
        _begin = _time.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            StartDue();
            Record();
            var now = Now;
            _recorder.Tick(now);
            var open = _pacer.TryPeek(out var due);
            if (!open && _pending == 0)
            {
                break;
            }

            var maxSleep = _pacer.IsOpen ? MaxSleepNs : ClosedSleepNs;
            _sleeper.Wait(Math.Min(open ? due - now : maxSleep, maxSleep));
            _recorder.Slept(Now - now);
        }

        var end = Now;
        BreakOff();
        _recorder.Finish(end);
        return end;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stop.Dispose();
        _client.Dispose();
        _sleeper.Dispose();
    }

    private static SocketsHttpHandler MakeHandler(LoadSettings settings)
    {
        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = settings.MaxConnections,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = settings.Timeout,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
        };
        if (settings.Insecure)
        {
#pragma warning disable CA5359 // Requested by --insecure.
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true };
#pragma warning restore CA5359
        }

        return handler;
    }

    private void StartDue()
    {
        for (var i = 0; i < MaxStartsInARow && _pacer.TryPeek(out var due); i++)
        {
            var now = Now;
            if (due > now)
            {
                return;
            }

            _pacer.Take();
            _recorder.Offered(due, now);
            _pending++;
            _ = SendAsync(_choice.Next(), due);
        }
    }

    private void Record()
    {
        while (_done.TryDequeue(out var done))
        {
            _pending--;
            _recorder.Completed(done);
            _pacer.Finished(done.EndNs);
        }
    }

    private void BreakOff()
    {
        _stop.Cancel();
        // Each request ends soon after the cancellation; the server cannot delay it.
        while (_pending > 0)
        {
            _sleeper.Wait(ClosedSleepNs);
            Record();
        }
    }

    private async Task SendAsync(int template, long intendedNs)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var (status, failure, type) = (0, Failure.None, default(string));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        try
        {
            var left = _settings.Timeout - TimeSpan.FromTicks((Now - intendedNs) / TimeSpan.NanosecondsPerTick);
            deadline.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            using var request = MakeRequest(_settings.Templates[template], left);
            using var response = await _client.SendAsync(request, deadline.Token).ConfigureAwait(false);
            (status, type) = _settings.Templates[template].Grpc is null
                ? await ReadBodyAsync(response, deadline.Token).ConfigureAwait(false)
                : await ReadGrpcAsync(response, deadline.Token).ConfigureAwait(false);
            failure = status == 0 ? Failure.Malformed : Failure.None;
        }
#pragma warning disable CA1031 // Every exception is an outcome that must be counted, or the run would not end.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = Reason(e);
        }

        _done.Enqueue(new Completion(template, intendedNs, Now, failure == Failure.None ? status : 0, failure, type));
    }

    private HttpRequestMessage MakeRequest(RequestTemplate template, TimeSpan left)
    {
        var request = new HttpRequestMessage(new HttpMethod(template.Method), template.Url)
        {
            Version = _settings.HttpVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (!template.Body.IsEmpty || template.Method is "POST" or "PUT" or "PATCH")
        {
            request.Content = new ReadOnlyMemoryContent(template.Body);
        }

        if (template.Grpc is not null)
        {
            request.Content!.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
            request.Headers.TryAddWithoutValidation("TE", "trailers");
            request.Headers.TryAddWithoutValidation("grpc-timeout", GrpcTimeout(left));
        }

        foreach (var (name, value) in template.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (request.Headers.UserAgent.Count == 0)
        {
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("herz", null));
        }

        return request;
    }

    // At most eight digits (gRPC's PROTOCOL-HTTP2.md). The text of the full timeout is cached, because most requests use it.
    private string GrpcTimeout(TimeSpan left)
    {
        var milliseconds = (long)Math.Clamp(Math.Ceiling(left.TotalMilliseconds), 1, 99_999_999);
        return milliseconds == _fullTimeoutMs ? _fullTimeout : Milliseconds(milliseconds);
    }

    private static string Milliseconds(long count) => count.ToString(CultureInfo.InvariantCulture) + "m";

    private static async Task<(int Status, string? Type)> ReadGrpcAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // The status is in the trailers, so the body is read first.
        await response.Content.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
        var status = GrpcStatus.Of(response) ?? 0;
        return (status, Completion.IsRefusalStatus(status) ? GrpcStatus.MessageOf(response) : null);
    }

    private static async Task<(int Status, string? Type)> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (!Completion.IsRefusalStatus(status))
        {
            await response.Content.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
            return (status, null);
        }

        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var body = new byte[MaxRefusalBody];
            var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            await stream.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
            return (status, new ProblemType().Read(body.AsSpan(0, length)));
        }
    }

    private Failure Reason(Exception error) => error switch
    {
        OperationCanceledException when _stop.IsCancellationRequested => Failure.BrokenOff,
        OperationCanceledException => Failure.TimedOut,
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.VersionNegotiationError } => Failure.ConnectFailed,
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => Failure.Malformed,
        _ => Failure.Disconnected,
    };
}

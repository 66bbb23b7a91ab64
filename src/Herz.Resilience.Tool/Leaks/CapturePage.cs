using System.Net;
using System.Net.Http.Headers;
using Herz.Resilience.Tool.Running;

namespace Herz.Resilience.Tool.Leaks;

/// <summary>Asks the target's private pages; each way in which they do not answer is one sentence.</summary>
internal sealed class CapturePage : IDisposable
{
    private const long LargestAnswer = 256 << 20;

    private readonly HttpClient _client;
    private readonly IReadOnlyList<KeyValuePair<string, string>> _headers;
    private readonly bool _insecure;

    /// <summary>Makes one.</summary>
    /// <param name="headers">Sent with each request, such as Authorization.</param>
    /// <param name="insecure">Whether any certificate will do.</param>
    /// <param name="timeout">How long an answer is waited for.</param>
    public CapturePage(IReadOnlyList<KeyValuePair<string, string>> headers, bool insecure, TimeSpan timeout)
    {
        _headers = headers;
        _insecure = insecure;
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.All };
        if (insecure)
        {
#pragma warning disable CA5359 // Asked for by --insecure.
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        _client = new HttpClient(handler) { Timeout = timeout, MaxResponseContentBufferSize = LargestAnswer };
    }

    /// <summary>Reads a page.</summary>
    /// <exception cref="UsageException">It is not served there, or not to whoever asks.</exception>
    /// <exception cref="TargetUnreachableException">Nobody answers, or with an error of its own.</exception>
    public async Task<byte[]> ReadAsync(Uri url, CancellationToken cancellationToken)
    {
        await Target.ReachAsync(url, _client.Timeout, _insecure, cancellationToken).ConfigureAwait(false);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        foreach (var (name, value) in _headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var response = await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            Check(url, response);
            return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new TargetUnreachableException($"{url} cannot be read: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TargetUnreachableException($"{url} did not answer within {_client.Timeout.TotalSeconds:0.###} s (see --timeout)", e);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private static void Check(Uri url, HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (status >= 500)
        {
            throw new TargetUnreachableException($"{url} answered {status}");
        }

        var advice = status switch
        {
            200 => null,
            401 or 403 => "the page wants to know who asks: give --header 'Authorization: …' as Herz:Management:AuthorizationPolicy demands, or the management port",
            404 => "no pending work is served there: give the management port (Herz:Management:Port), run the app in Development, or name a policy in Herz:Management:AuthorizationPolicy",
            >= 300 and < 400 => $"it sends elsewhere, to {response.Headers.Location}: a login page or another port; give the management port (Herz:Management:Port)",
            _ => "that is no capture of pending work",
        };
        if (advice is not null)
        {
            throw new UsageException($"{url} answered {status}; {advice}");
        }
    }
}

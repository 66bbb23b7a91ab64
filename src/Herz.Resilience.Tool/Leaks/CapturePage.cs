using System.Net;
using System.Net.Http.Headers;
using Herz.Resilience.Tool.Running;

namespace Herz.Resilience.Tool.Leaks;

/// <summary>Reads the private pages of the target; each failure is one sentence.</summary>
internal sealed class CapturePage : IDisposable
{
    private const long MaxAnswerBytes = 256 << 20;

    private readonly HttpClient _client;
    private readonly IReadOnlyList<KeyValuePair<string, string>> _headers;
    private readonly bool _insecure;

    /// <summary>Creates a reader.</summary>
    /// <param name="headers">Headers of each request, such as Authorization.</param>
    /// <param name="insecure">Whether any server certificate is accepted.</param>
    /// <param name="timeout">Timeout of a request.</param>
    public CapturePage(IReadOnlyList<KeyValuePair<string, string>> headers, bool insecure, TimeSpan timeout)
    {
        _headers = headers;
        _insecure = insecure;
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.All };
        if (insecure)
        {
#pragma warning disable CA5359 // Requested by --insecure.
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        _client = new HttpClient(handler) { Timeout = timeout, MaxResponseContentBufferSize = MaxAnswerBytes };
    }

    /// <summary>Reads a page.</summary>
    /// <exception cref="UsageException">The page does not exist, or access is denied.</exception>
    /// <exception cref="TargetUnreachableException">The target does not answer, or answers with an error.</exception>
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
            throw new TargetUnreachableException($"{url} returned status {status}");
        }

        var advice = status switch
        {
            200 => null,
            401 or 403 => "the page requires authorization: add --header 'Authorization: …' as required by Herz:Management:AuthorizationPolicy, or use the management port",
            404 => "pending work is not available at this URL: use the management port (Herz:Management:Port), run the app in Development, or set a policy in Herz:Management:AuthorizationPolicy",
            >= 300 and < 400 => $"it redirects to {response.Headers.Location}, such as a login page or another port; use the management port (Herz:Management:Port)",
            _ => "expected 200 with a capture of pending work",
        };
        if (advice is not null)
        {
            throw new UsageException($"{url} returned status {status}; {advice}");
        }
    }
}

using System.Net.Http.Headers;

namespace Herz.Resilience.Outbound.Retries;

/// <summary>
/// What a request was before its first attempt. Handlers of the app inside this one may add headers or change the address with each
/// attempt, and a redirect replaces the address and removes credentials, so all of it is restored before the next attempt.
/// </summary>
internal readonly struct RequestSnapshot
{
    private readonly Uri? _uri;
    private readonly HttpMethod _method;
    private readonly HttpContent? _content;
    private readonly KeyValuePair<string, HeaderStringValues>[]? _headers;

    private RequestSnapshot(HttpRequestMessage request, bool withHeaders)
    {
        _uri = request.RequestUri;
        _method = request.Method;
        _content = request.Content;
        _headers = withHeaders ? [.. request.Headers.NonValidated] : null;
    }

    /// <param name="request">The request before it is sent.</param>
    /// <param name="withHeaders">Whether handlers of the app are inside this one.</param>
    public static RequestSnapshot Of(HttpRequestMessage request, bool withHeaders) => new(request, withHeaders);

    /// <summary>Restores the request. Fails if it was redirected and its headers are not known.</summary>
    public bool TryRestore(HttpRequestMessage request, HttpContent? content)
    {
        if (_headers is null)
        {
            if (!ReferenceEquals(request.RequestUri, _uri) || request.Method != _method)
            {
                return false;
            }
        }
        else
        {
            Restore(request.Headers, _headers);
        }

        request.RequestUri = _uri;
        request.Method = _method;
        request.Content = content;
        return true;
    }

    /// <summary>The body as it was.</summary>
    public HttpContent? Content => _content;

    /// <summary>A second request as this one was, for a hedge; without a body.</summary>
    public HttpRequestMessage Copy(HttpRequestMessage request)
    {
        var copy = new HttpRequestMessage(_method, _uri) { Version = request.Version, VersionPolicy = request.VersionPolicy };
        Restore(copy.Headers, _headers ?? []);
        foreach (var (key, value) in request.Options)
        {
            ((IDictionary<string, object?>)copy.Options)[key] = value;
        }

        return copy;
    }

    private static void Restore(HttpRequestHeaders headers, IEnumerable<KeyValuePair<string, HeaderStringValues>> values)
    {
        headers.Clear();
        foreach (var (name, value) in values)
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }
}

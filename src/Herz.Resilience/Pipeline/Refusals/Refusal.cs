using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Pipeline.Refusals;

/// <summary>A refusal of a request: the guard, the rule, the status, and when to retry.</summary>
internal sealed class Refusal
{
    private byte[]? _body;

    /// <summary>The name of the guard that refused; see <see cref="GuardPlace"/>.</summary>
    public required string Guard { get; init; }

    /// <summary>The rule within the guard, such as a policy or an endpoint. Bounded, since it labels metrics.</summary>
    public required string Rule { get; init; }

    /// <summary>429, 503 or 504.</summary>
    public required int StatusCode { get; init; }

    /// <summary>The RFC 9457 problem type.</summary>
    public required string Type { get; init; }

    /// <summary>The RFC 9457 title: one short sentence, the same for every refusal of this type.</summary>
    public required string Title { get; init; }

    /// <summary>The RFC 9457 detail: what the client can do.</summary>
    public string? Detail { get; init; }

    /// <summary>The earliest moment at which a retry can succeed; <see langword="null"/> sends no <c>Retry-After</c>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Further members of the problem document, such as <c>violated-policies</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string[]>> Extensions { get; init; } = [];

    /// <summary>A refusal with the same problem document, which is then created once. The retry time and headers may differ.</summary>
    public Refusal? SameAs { get; init; }

    /// <summary>The problem document, created when first needed.</summary>
    public byte[] Body => SameAs?.Body ?? (_body ??= ProblemDocument.Write(this));

    /// <summary>Sets further response headers, such as the RateLimit fields.</summary>
    public Action<IHeaderDictionary>? WriteHeaders { get; init; }
}

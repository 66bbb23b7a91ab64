namespace Herz.Resilience.Outbound;

/// <summary>What code can say about one outgoing request, in <see cref="HttpRequestMessage.Options"/>.</summary>
public static class HerzRequestOptions
{
    /// <summary>
    /// Replaces <see cref="OutboundOptions.CancelForgotten"/> for one request:
    /// <c>request.Options.Set(HerzRequestOptions.CancelForgotten, true)</c>.
    /// </summary>
    public static HttpRequestOptionsKey<bool> CancelForgotten { get; } = new("Herz.CancelForgotten");
}

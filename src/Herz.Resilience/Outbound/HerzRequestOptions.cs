namespace Herz.Resilience.Outbound;

/// <summary>Options of one outgoing request, set in <see cref="HttpRequestMessage.Options"/>.</summary>
public static class HerzRequestOptions
{
    /// <summary>
    /// Replaces <see cref="OutboundOptions.CancelForgotten"/> for one request:
    /// <c>request.Options.Set(HerzRequestOptions.CancelForgotten, true)</c>.
    /// </summary>
    public static HttpRequestOptionsKey<bool> CancelForgotten { get; } = new("Herz.CancelForgotten");
}

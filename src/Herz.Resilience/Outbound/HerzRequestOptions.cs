namespace Herz.Resilience.Outbound;

/// <summary>Options of one outgoing request, set in <see cref="HttpRequestMessage.Options"/>.</summary>
public static class HerzRequestOptions
{
    /// <summary>
    /// Replaces <see cref="OutboundOptions.CancelForgotten"/> for one request:
    /// <c>request.Options.Set(HerzRequestOptions.CancelForgotten, true)</c>.
    /// </summary>
    public static HttpRequestOptionsKey<bool> CancelForgotten { get; } = new("Herz.CancelForgotten");

    /// <summary>
    /// Marks one request as safe to send again, such as a POST with an idempotency key:
    /// <c>request.Options.Set(HerzRequestOptions.Idempotent, true)</c>. GET, HEAD, OPTIONS, PUT and DELETE need no mark.
    /// </summary>
    public static HttpRequestOptionsKey<bool> Idempotent { get; } = new("Herz.Idempotent");

    /// <summary>
    /// Set on a request that was not sent: the guard that refused it, <c>retry_after</c>, <c>circuit</c>, <c>throttling</c> or
    /// <c>concurrency</c>. Read it from <see cref="HttpResponseMessage.RequestMessage"/> to tell such an answer from one of the dependency.
    /// </summary>
    public static HttpRequestOptionsKey<string> RefusedBy { get; } = new("Herz.RefusedBy");

    private static readonly HttpRequestOptionsKey<bool> s_guarded = new("Herz.Guarded");

    /// <summary>Marks a request that passes the guards.</summary>
    internal static void MarkGuarded(HttpRequestMessage request) => request.Options.Set(s_guarded, true);

    internal static bool IsGuarded(HttpRequestMessage request) => request.Options.TryGetValue(s_guarded, out var guarded) && guarded;

    internal static bool IsMarked(HttpRequestMessage request) => request.Options.TryGetValue(Idempotent, out var marked) && marked;
}

using System.Globalization;

namespace Herz.Resilience.Outbound.Retries;

/// <summary>Reads how long a dependency asks to wait.</summary>
internal static class RetryAfterHeader
{
    /// <summary>The time of <c>Retry-After</c> in seconds or as a date (RFC 9110, 10.2.3); null without a valid one.</summary>
    public static TimeSpan? Read(HttpResponseMessage response, TimeProvider time)
    {
        if (response.Headers.RetryAfter is not { } header)
        {
            return null;
        }

        var wait = header.Delta ?? header.Date - (response.Headers.Date ?? time.GetUtcNow());
        return wait > TimeSpan.Zero ? wait : wait is null ? null : TimeSpan.Zero;
    }

    /// <summary>The time of <c>grpc-retry-pushback-ms</c> (gRFC A6); a negative number means not to retry.</summary>
    public static TimeSpan? ReadPushback(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("grpc-retry-pushback-ms", out var values)
            ? long.TryParse(values.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds >= 0
                ? TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue))
                : TimeSpan.Zero
            : null;
}

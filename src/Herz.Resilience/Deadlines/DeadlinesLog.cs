using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Deadlines;

internal static partial class DeadlinesLog
{
    [LoggerMessage(401, LogLevel.Warning, "A request to {Route} was cancelled after {Elapsed} ms: it exceeded its deadline of {Limit} ms (tier Api, {Source}). Cancelled but not logged since the previous message: {Suppressed}. To allow more time, set {Remedy}.")]
    public static partial void DeadlineExceeded(this ILogger logger, string route, long elapsed, string source, double limit, long suppressed, string remedy);

    [LoggerMessage(402, LogLevel.Information, "{Route} often takes longer than the default deadline of {Limit} ms: {Share:P0} of its answers are late. Half of the late answers take up to {Median} ms, 99 % up to {Percentile99} ms. No request is cancelled. To enforce a deadline here, set {Remedy}, or [RequestTimeout].")]
    public static partial void UsuallyLate(this ILogger logger, string route, double limit, double share, long median, long percentile99, string remedy);

    [LoggerMessage(403, LogLevel.Information, "The default deadline of {Limit} ms fits {Route}: the last {Answers} counted answers took less than half of it. It is enforced from now on. To use a different deadline, set {Remedy}.")]
    public static partial void Measured(this ILogger logger, string route, double limit, long answers, string remedy);
}

using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Deadlines;

internal static partial class DeadlinesLog
{
    [LoggerMessage(401, LogLevel.Warning, "A request to {Route} was cut after {Elapsed} ms: its deadline (tier Api, {Source}) is {Limit} ms. Cut and not logged since the last such line: {HeldBack}. If it needs more time, set {Remedy}.")]
    public static partial void DeadlineExceeded(this ILogger logger, string route, long elapsed, string source, double limit, long heldBack, string remedy);

    [LoggerMessage(402, LogLevel.Information, "{Route} usually takes longer than the default deadline of {Limit} ms: {Share:P0} of its answers do, half of these up to {Median} ms and 99 % up to {Most} ms. Nothing is cut. To have a deadline enforced here, set {Remedy}, or [RequestTimeout].")]
    public static partial void UsuallyLate(this ILogger logger, string route, double limit, double share, long median, long most, string remedy);

    [LoggerMessage(403, LogLevel.Information, "The default deadline of {Limit} ms fits {Route}: its last {Answers} counted answers took less than half of it. It is enforced from now on. To have another, set {Remedy}.")]
    public static partial void Measured(this ILogger logger, string route, double limit, long answers, string remedy);
}

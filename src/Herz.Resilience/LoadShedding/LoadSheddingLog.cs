using Microsoft.Extensions.Logging;

namespace Herz.Resilience.LoadShedding;

internal static partial class LoadSheddingLog
{
    [LoggerMessage(301, LogLevel.Warning, "{Endpoint} is overloaded: it completes about {PerSecond:F0} requests per second, regardless of how many are in flight. At most {Limit} requests are admitted at once; the others are queued or get 503. Add capacity, or set Herz:LoadShedding:Mode to Observe to count without refusing.")]
    public static partial void EndpointOverloaded(this ILogger logger, string endpoint, int limit, double perSecond);

    [LoggerMessage(302, LogLevel.Information, "{Endpoint} is no longer overloaded.")]
    public static partial void EndpointRecovered(this ILogger logger, string endpoint);

    [LoggerMessage(303, LogLevel.Warning, "The thread pool is saturated: work waits {Milliseconds:F0} ms for a thread while {CpuShare:P0} of the CPU is in use. Handlers that hold threads are limited; handlers that block threads run in a bulkhead. Make these handlers asynchronous.")]
    public static partial void PoolSaturated(this ILogger logger, double milliseconds, double cpuShare);

    [LoggerMessage(304, LogLevel.Information, "The thread pool is no longer saturated.")]
    public static partial void PoolRecovered(this ILogger logger);
}

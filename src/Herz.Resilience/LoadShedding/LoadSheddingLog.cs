using Microsoft.Extensions.Logging;

namespace Herz.Resilience.LoadShedding;

internal static partial class LoadSheddingLog
{
    [LoggerMessage(301, LogLevel.Warning, "{Endpoint} is overloaded: it completes about {PerSecond:F0} requests a second, however many are in flight. At most {Limit} are let in flight, the others wait or get 503. Give it more capacity, or set Herz:LoadShedding:Mode to Observe to only count.")]
    public static partial void EndpointOverloaded(this ILogger logger, string endpoint, int limit, double perSecond);

    [LoggerMessage(302, LogLevel.Information, "{Endpoint} is no longer overloaded.")]
    public static partial void EndpointRecovered(this ILogger logger, string endpoint);

    [LoggerMessage(303, LogLevel.Warning, "The thread pool is saturated: work waits {Milliseconds:F0} ms for a thread, with {CpuShare:P0} of the CPU in use. Handlers that hold threads are held back; those that block theirs run in a bulkhead. Make them asynchronous.")]
    public static partial void PoolSaturated(this ILogger logger, double milliseconds, double cpuShare);

    [LoggerMessage(304, LogLevel.Information, "The thread pool is no longer saturated.")]
    public static partial void PoolRecovered(this ILogger logger);
}

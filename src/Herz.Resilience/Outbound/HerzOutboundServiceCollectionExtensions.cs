using Herz.Resilience;
using Herz.Resilience.Hosting;
using Herz.Resilience.Outbound;
using Herz.Resilience.Outbound.Concurrency;
using Herz.Resilience.Outbound.Dependencies;
using Herz.Resilience.Outbound.Handlers;
using Herz.Resilience.Outbound.Hedging;
using Herz.Resilience.Outbound.Others;
using Herz.Resilience.Outbound.Pauses;
using Herz.Resilience.Outbound.Retries;
using Herz.Resilience.Outbound.Throttling;
using Herz.Resilience.Pipeline.Calls;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds only the handling of outgoing calls to an app, without the rest of the bundle.</summary>
public static class HerzOutboundServiceCollectionExtensions
{
    /// <summary>
    /// Guards each call of <c>IHttpClientFactory</c>'s typed, named and gRPC clients: retries under a budget, <c>Retry-After</c>, client-side
    /// throttling. Also registers <see cref="IDependencies"/> for calls that are not HTTP.
    /// </summary>
    /// <param name="services">The services of the app.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddHerzOutbound(this IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(OutboundCalls)))
        {
            return services;
        }

        services.AddHerzFeature(static options => options.Outbound);

        // Before the filter: the filter of the factory's logging then stays outside, and so logs a call once.
        services.AddHttpClient();
        services.TryAddSingleton<OutboundMode>();
        services.TryAddSingleton<OutboundMetrics>();
        services.TryAddSingleton<OutboundCalls>();
        services.TryAddSingleton<UnguardedCalls>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, UnguardedCalls>(static provider => provider.GetRequiredService<UnguardedCalls>()));
        services.TryAddSingleton(static provider => new DependencyTable(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(static provider => new SplitMix(Seed(provider.GetRequiredService<TimeProvider>())));
        services.TryAddSingleton<CallRefusals>();
        services.TryAddSingleton<CallGuards>();
        services.TryAddSingleton<GuardedCalls>();
        services.TryAddSingleton<HedgedCalls>();
        services.AddHerzGuard<RetriedAnswerGuard>();
        services.AddHerzCallGuard<RetryAfterGuard>();
        services.AddHerzCallGuard<ThrottleGuard>();
        services.AddHerzCallGuard<ConcurrencyGuard>();
        services.TryAddSingleton<IDependencies, NamedDependencies>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, OutboundHandlerFilter>());
        return services;
    }

    /// <inheritdoc cref="AddHerzOutbound(IServiceCollection)"/>
    /// <param name="services">The services of the app.</param>
    /// <param name="configure">Changes the options after the section was read, at start and at every reload.</param>
    public static IServiceCollection AddHerzOutbound(this IServiceCollection services, Action<OutboundOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddHerzOutbound().Configure<HerzOptions>(herz => configure(herz.Outbound));
    }

    // Differs between replicas that start at the same moment.
    private static ulong Seed(TimeProvider time) =>
        (ulong)time.GetTimestamp() ^ ((ulong)(uint)Environment.ProcessId << 40) ^ (uint)HashCode.Combine(Environment.MachineName);
}

using Herz.Resilience;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds all features with one call.</summary>
public static class HerzHostingExtensions
{
    /// <summary>
    /// Adds load shedding, rate limits, deadlines, circuit breakers, the health probe, background work, the leak watchdog and metrics,
    /// configured by the section <c>Herz</c>. Also adds the middleware and the endpoints. A second call is harmless.
    /// </summary>
    /// <typeparam name="TBuilder">The type of the builder, such as <c>WebApplicationBuilder</c>.</typeparam>
    /// <param name="builder">The builder of a web app or of a worker.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static TBuilder UseHerzResilience<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder =>
        builder.UseHerzResilience(static _ => { });

    /// <inheritdoc cref="UseHerzResilience{TBuilder}(TBuilder)"/>
    /// <param name="builder">The builder of a web app or of a worker.</param>
    /// <param name="configure">Changes the options after the section was read, at start and at every reload.</param>
    public static TBuilder UseHerzResilience<TBuilder>(this TBuilder builder, Action<HerzOptions> configure) where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHerzResilience(configure);
        return builder;
    }

    /// <summary>Adds the same as <see cref="UseHerzResilience{TBuilder}(TBuilder)"/>.</summary>
    /// <param name="builder">The builder of a web app or of a worker.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IHostBuilder UseHerzResilience(this IHostBuilder builder) =>
        builder.UseHerzResilience(static _ => { });

    /// <inheritdoc cref="UseHerzResilience(IHostBuilder)"/>
    /// <param name="builder">The builder of a web app or of a worker.</param>
    /// <param name="configure">Changes the options after the section was read, at start and at every reload.</param>
    public static IHostBuilder UseHerzResilience(this IHostBuilder builder, Action<HerzOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        return builder.ConfigureServices(services => services.AddHerzResilience(configure));
    }
}

namespace Herz.Resilience.Benchmarks.Outbound;

/// <summary>The handlers that are compared: none, the standard handler of Microsoft.Extensions.Http.Resilience, and this bundle.</summary>
internal static class ClientStack
{
    public const string None = "none";
    public const string Standard = "standard";
    public const string Herz = "herz";

    public static readonly string[] All = [None, Standard, Herz];

    /// <summary>Adds the handlers to an app, with a client <c>next</c> that calls the dependency.</summary>
    public static void Add(WebApplicationBuilder builder, string stack, Func<HttpMessageHandler>? dependency = null, params (string Key, string Value)[] settings)
    {
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings.Select(static pair => KeyValuePair.Create<string, string?>("Herz:" + pair.Key, pair.Value)));
        if (stack == Herz)
        {
            builder.UseHerzResilience();
        }

        var client = builder.Services.AddHttpClient("next");
        if (dependency is not null)
        {
            client.ConfigurePrimaryHttpMessageHandler(dependency).SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        }

        if (stack == Standard)
        {
            client.AddStandardResilienceHandler();
        }
    }

    /// <summary>A client alone, without an app around it.</summary>
    public static HttpClient Create(string stack, HttpMessageHandler dependency, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        Add(builder, stack, () => dependency, settings);
        return builder.Services.BuildServiceProvider().GetRequiredService<IHttpClientFactory>().CreateClient("next");
    }
}

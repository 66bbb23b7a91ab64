using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Herz.Resilience.Tests.Outbound.Servers;

/// <summary>A dependency on a real Kestrel that answers as the test says. It records each call.</summary>
internal sealed class DependencyServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DependencyServer(WebApplication app, ConcurrentQueue<RecordedCall> calls)
    {
        _app = app;
        Calls = calls;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public Uri Address { get; }

    public ConcurrentQueue<RecordedCall> Calls { get; }

    /// <param name="answer">Answers a call, by its number from 1 on.</param>
    /// <param name="protocols">The protocols of the server.</param>
    public static async Task<DependencyServer> StartAsync(Func<HttpContext, int, Task> answer, HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        var app = builder.Build();
        var calls = new ConcurrentQueue<RecordedCall>();
        var count = 0;
        app.Run(async context =>
        {
            var number = Interlocked.Increment(ref count);
            using var reader = new StreamReader(context.Request.Body);
            calls.Enqueue(new(
                context.Request.Method,
                context.Request.Path,
                await reader.ReadToEndAsync(),
                context.Request.Headers.ToDictionary(static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
            await answer(context, number);
        });
        await app.StartAsync();
        return new DependencyServer(app, calls);
    }

    /// <summary>Answers with these statuses, one after the other; the last for all further calls.</summary>
    public static Task<DependencyServer> StartAsync(params int[] statuses) => StartAsync((context, number) =>
    {
        context.Response.StatusCode = statuses[Math.Min(number, statuses.Length) - 1];
        return context.Response.WriteAsync($"answer {number}");
    });

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}

/// <summary>A call as the dependency saw it.</summary>
internal sealed record RecordedCall(string Method, string Path, string Body, IReadOnlyDictionary<string, string> Headers);

using Microsoft.Extensions.Caching.Memory;

namespace Herz.Resilience.Tests.LeakWatchdog;

/// <summary>
/// Twelve hours of a healthy app, 720 windows: the load rises until noon and then falls; caches fill and expire, tenants start their
/// loops one after the other, awaits are abandoned. Real tokens, real collections, simulated time.
/// </summary>
[Collection(CapturesOfOneProcess.Name)]
public sealed class HalfADayTests
{
    private const int Minutes = 12 * 60;
    private const int Tenants = 120;

    private readonly Dictionary<int, Timer> _tenants = [];
    private readonly Queue<TaskCompletionSource> _shortlyPending = new();
    private readonly Random _random = new(4711);

    [Fact]
    public async Task TwelveHoursOfAHealthyApp_RaiseNoAlarm()
    {
        await using var app = await WatchedApp.StartAsync(Map, build: static builder => builder.Services.AddMemoryCache());
        var requests = 0;
        for (var minute = 0; minute < Minutes; minute++)
        {
            for (var left = RequestsOf(minute); left > 0; left--, requests++)
            {
                await app.SendAsync($"/{s_paths[requests % s_paths.Length]}/{_random.Next(400)}", 1);
            }

            while (_shortlyPending.Count > 5)
            {
                _shortlyPending.Dequeue().SetResult();
            }

            await app.PassWindowAsync();
        }

        Assert.InRange(requests, 5_000, 20_000);
        Assert.Equal(Tenants, _tenants.Count);
        Assert.Empty(app.Board.History);
        Assert.InRange(app.Captures, 0, 60);
        foreach (var timer in _tenants.Values)
        {
            timer.Dispose();
        }
    }

    private static readonly string[] s_paths = ["orders", "tenants", "abandoned", "soon"];

    // A wave from 2 to 24 requests per minute, highest at noon, with 10 % noise.
    private int RequestsOf(int minute) => (int)((13 - (11 * Math.Cos(2 * Math.PI * minute / Minutes))) * (0.95 + (0.1 * _random.NextDouble())));

    private void Map(WebApplication web)
    {
        web.MapGet("/orders/{id:int}", (int id, IMemoryCache cache) => cache.GetOrCreateAsync(id, async entry =>
        {
            entry.SlidingExpiration = TimeSpan.FromHours(1);
            await Task.Yield();
            return id;
        }));
        web.MapGet("/tenants/{id:int}", (int id) =>
        {
            if (!_tenants.ContainsKey(id % Tenants))
            {
                _tenants[id % Tenants] = new Timer(static _ => { }, null, TimeSpan.FromDays(1), TimeSpan.FromDays(1));
            }
        });
        web.MapGet("/abandoned/{id:int}", (int id) => { _ = AwaitAsync(new TaskCompletionSource()); });
        web.MapGet("/soon/{id:int}", (int id) =>
        {
            var soon = new TaskCompletionSource();
            _shortlyPending.Enqueue(soon);
            _ = AwaitAsync(soon);
        });
    }

    private static async Task AwaitAsync(TaskCompletionSource source) => await source.Task;
}

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Herz.Resilience.BackgroundWork;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Primitives;

namespace Herz.Resilience.Tests.LeakWatchdog;

/// <summary>Healthy endpoints that leave something behind: caches, pools, loops, timers that fire, abandoned awaits.</summary>
internal sealed class LookAlikes : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _tasks = new();
    private readonly ConcurrentDictionary<int, Timer> _loops = new();
    private readonly Channel<int> _orders = Channel.CreateUnbounded<int>();
    private readonly SemaphoreSlim _two = new(2);
    private readonly ConcurrentQueue<int> _bounded = new();
    private readonly ConcurrentBag<PeriodicTimer> _periodic = [];
    private CancellationTokenSource _change = new();
    private int _requests;

    public LookAlikes() => _ = ConsumeAsync();

    public static IReadOnlyList<string> All { get; } =
    [
        "cached-entry", "cached-task", "http-client", "timeout-source", "linked-source", "linked-to-request", "semaphore", "producer", "change-token",
        "abandoned-await", "short-afterwork", "task-run", "background", "one-loop", "tenant-loops", "iterator", "parallel", "async-local", "bounded-queue",
        "wait-async", "registration", "when-any", "slow", "scoped",
    ];

    public int Requests => Volatile.Read(ref _requests);

    public void Dispose()
    {
        _orders.Writer.Complete();
        _two.Dispose();
        _change.Dispose();
        foreach (var timer in _loops.Values.Concat<IDisposable>(_periodic))
        {
            timer.Dispose();
        }
    }

    public void Map(WebApplication web)
    {
        web.MapGet("/cached-entry", Cached);
        web.MapGet("/cached-task", () => _tasks.GetOrAdd($"{Count() % 40}", static key => new(() => LoadAsync(key))).Value);
        web.MapGet("/http-client", async (HttpContext context) =>
        {
            Count();
            using var client = new HttpClient();
            return await client.GetStringAsync($"http://{context.Request.Host}/self");
        });
        web.MapGet("/self", () => "self");
        web.MapGet("/timeout-source", () => { Count(); _ = new CancellationTokenSource(TimeSpan.FromMilliseconds(50)); });
        web.MapGet("/linked-source", () =>
        {
            Count();
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(_change.Token);
        });
        web.MapGet("/linked-to-request", (CancellationToken token) => { Count(); _ = CancellationTokenSource.CreateLinkedTokenSource(token); });
        web.MapGet("/semaphore", async () =>
        {
            Count();
            await _two.WaitAsync();
            await Task.Yield();
            _two.Release();
        });
        web.MapGet("/producer", () => { Count(); _orders.Writer.TryWrite(1); });
        web.MapGet("/change-token", () =>
        {
            Count();
            ChangeToken.OnChange(() => new CancellationChangeToken(_change.Token), static () => { }).Dispose();
            if (_requests % 10 == 0)
            {
                Interlocked.Exchange(ref _change, new CancellationTokenSource()).Cancel();
            }
        });
        web.MapGet("/abandoned-await", () => { Count(); _ = AbandonAsync(); });
        web.MapGet("/short-afterwork", () => { Count(); _ = Task.Delay(5); });
        web.MapGet("/task-run", () => { Count(); _ = Task.Run(static () => Task.Delay(1)); });
        web.MapGet("/background", (IBackgroundWork background) => { Count(); background.Run("short", static token => Task.Delay(1, token)); });
        web.MapGet("/one-loop", () => { if (Count() == 1) { _ = LoopAsync(); } });
        web.MapGet("/tenant-loops", () => { StartLoop(Count() % 20); });
        web.MapGet("/iterator", async () =>
        {
            Count();
            await foreach (var _ in CountAsync(3))
            {
            }
        });
        web.MapGet("/parallel", async () => { Count(); await Parallel.ForEachAsync(Enumerable.Range(0, 4), static async (_, token) => await Task.Delay(1, token)); });
        web.MapGet("/async-local", async () => { Count(); new AsyncLocal<object>().Value = new byte[100]; await Task.Delay(1); });
        web.MapGet("/bounded-queue", () =>
        {
            _bounded.Enqueue(Count());
            while (_bounded.Count > 50 && _bounded.TryDequeue(out _))
            {
            }
        });
        web.MapGet("/wait-async", async () =>
        {
            Count();
            try
            {
                await new TaskCompletionSource().Task.WaitAsync(TimeSpan.FromMilliseconds(1));
            }
            catch (TimeoutException)
            {
            }
        });
        web.MapGet("/registration", (CancellationToken token) => { Count(); token.Register(static () => { }); });
        web.MapGet("/when-any", async () => { Count(); await Task.WhenAny(new TaskCompletionSource().Task, Task.Delay(1)); });
        web.MapGet("/slow", async () => { Count(); await Task.Delay(20); });
        web.MapGet("/scoped", (Scoped scoped) => { Count(); });
    }

    private Task<string?> Cached(IMemoryCache cache)
    {
        var key = Count() % 30;
        return cache.GetOrCreateAsync(key, entry =>
        {
            entry.SlidingExpiration = TimeSpan.FromMinutes(30);
            entry.RegisterPostEvictionCallback(static (_, _, _, _) => { });
            entry.AddExpirationToken(new CancellationChangeToken(_change.Token));
            return LoadAsync($"{key}")!;
        })!;
    }

    private static async Task<string> LoadAsync(string key)
    {
        await Task.Delay(1);
        return key;
    }

    private static async Task AbandonAsync() => await new TaskCompletionSource().Task;

    private async Task LoopAsync()
    {
        var timer = new PeriodicTimer(TimeSpan.FromMinutes(10));
        _periodic.Add(timer);
        while (await timer.WaitForNextTickAsync())
        {
        }
    }

    private void StartLoop(int tenant) => _loops.GetOrAdd(tenant, static _ => new Timer(static _ => { }, null, TimeSpan.FromHours(1), TimeSpan.FromHours(1)));

    private static async IAsyncEnumerable<int> CountAsync(int most, [EnumeratorCancellation] CancellationToken token = default)
    {
        for (var i = 0; i < most; i++)
        {
            await Task.Delay(1, token);
            yield return i;
        }
    }

    private int Count() => Interlocked.Increment(ref _requests);

    private async Task ConsumeAsync()
    {
        await foreach (var _ in _orders.Reader.ReadAllAsync())
        {
        }
    }

    public sealed class Scoped : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Task.Yield();
    }
}

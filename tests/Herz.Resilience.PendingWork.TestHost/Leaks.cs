using System.Threading.Channels;

namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>A chain of three methods that waits for a completion source that is never completed.</summary>
internal static class Orders
{
    private static readonly List<TaskCompletionSource<int>> s_sources = [];

    public static async Task<int> Handle()
    {
        await Task.Yield();
        return 1 + await Load();
    }

    public static int Waiting
    {
        get
        {
            lock (s_sources)
            {
                return s_sources.Count;
            }
        }
    }

    private static async Task<int> Load() => 1 + await Query().ConfigureAwait(false);

    private static async Task<int> Query()
    {
        var source = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (s_sources)
        {
            s_sources.Add(source);
        }

        return await source.Task;
    }
}

/// <summary>A loop that reads a channel that is never written. A list keeps it alive, like an event of a singleton.</summary>
internal sealed class Subscriber
{
    private static readonly List<Subscriber> s_subscribers = [];

    private readonly Channel<int> _channel = Channel.CreateBounded<int>(16);

    public Subscriber() => s_subscribers.Add(this);

    public async Task Pump()
    {
        while (await _channel.Reader.ReadAsync() != 42)
        {
        }
    }
}

/// <summary>An infinite delay with a linked source of the application's token that is never disposed.</summary>
internal static class Lifetime
{
    private static readonly CancellationTokenSource s_application = new();

    public static async Task WaitLinked()
    {
        var linked = CancellationTokenSource.CreateLinkedTokenSource(s_application.Token);
        await Task.Delay(Timeout.Infinite, linked.Token);
    }
}

/// <summary>Work that looks like a leak but is not one.</summary>
internal static class LookAlikes
{
    private static readonly Dictionary<int, Task<string>> s_cache = [];
    private static readonly List<Task> s_loops = [];

    public static void Start(int cached, int loops, int abandoned)
    {
        for (var i = 0; i < cached; i++)
        {
            s_cache[i] = CachedLookup(i);
        }

        for (var i = 0; i < loops; i++)
        {
            s_loops.Add(HealthyLoop());
        }

        for (var i = 0; i < abandoned; i++)
        {
            _ = Abandoned();
        }

        Task.WaitAll([.. s_cache.Values]);
    }

    private static async Task<string> CachedLookup(int number)
    {
        await Task.Yield();
        return $"value {number}";
    }

    private static async Task HealthyLoop()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(30));
        while (await timer.WaitForNextTickAsync())
        {
        }
    }

    // No code references the source, so this is garbage and not a leak.
    private static async Task Abandoned() => await new TaskCompletionSource().Task;
}

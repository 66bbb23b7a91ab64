using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using System.Threading.Tasks.Sources;

namespace Herz.Resilience.PendingWork.RuntimeAsyncHost;

/// <summary>Twenty kinds of leaks, written as in services and compiled with runtime-async, each under an origin of its own.</summary>
internal static class Matrix
{
    private static readonly AsyncLocal<Token?> s_current = new();
    private static readonly CancellationTokenSource s_application = new();
    private static readonly TaskCompletionSource s_never = new();
    private static readonly SemaphoreSlim s_gate = new(0);
    private static readonly List<object> s_kept = [];

    public static OriginMarker Marker { get; } = new(typeof(Token), nameof(Token.Label), nameof(Token.Id));

    public static IReadOnlyDictionary<string, Func<Task>> Kinds { get; } = new Dictionary<string, Func<Task>>
    {
        ["source"] = static () => Answer(),
        ["delay"] = static () => Sleep(),
        ["semaphore"] = static () => Enter(),
        ["channel"] = static () => Consume(Channel.CreateUnbounded<int>()),
        ["periodic"] = static () => Tick(),
        ["all"] = static () => Gather(),
        ["linked"] = static () => UntilStopped(),
        ["enumerable"] = static () => ReadRows(),
        ["nested"] = static () => Handle(),
        ["source-of-value"] = static () => Receive(new Slot()).AsTask(),
        ["generic-method"] = static () => Convert("text"),
        ["generic-class"] = static () => new Repository<int>().LoadAsync(),
        ["struct"] = static () => new Reader(1).ReadAsync(),
        ["lambda"] = static () => Lambda(),
        ["local"] = static () => Local(),
        ["finally"] = static () => Guarded(),
        ["configured"] = static () => Configured(),
        ["yield"] = static () => YieldThenWait(),
        ["stream"] = static () => ReadBody(),
        ["interface"] = static () => ((IHandler)new Handler()).Handle("text"),
    };

    /// <summary>Leaks each kind so many times. The id of the origin is the number of the round.</summary>
    public static void Start(int count)
    {
        Task.WaitAll(Enumerable.Range(0, count).SelectMany(static round => Kinds.Select(kind => Begin(kind.Key, round, kind.Value))));
    }

    // Like a request, each leak starts in a context of its own.
    private static Task Begin(string kind, int round, Func<Task> start) => Task.Run(() =>
    {
        s_current.Value = new Token { Label = $"GET /{kind}", Id = round };
        var task = start();
        lock (s_kept)
        {
            s_kept.Add(task);
        }
    });

    private static async Task<int> Answer()
    {
        var source = new TaskCompletionSource<int>();
        Keep(source);
        return await source.Task + 1;
    }

    private static async Task Sleep()
    {
        await Task.Delay(Timeout.Infinite, s_application.Token);
        GC.KeepAlive(s_kept);
    }

    private static async Task Enter()
    {
        await s_gate.WaitAsync();
        s_gate.Release();
    }

    private static async Task<int> Consume(Channel<int> channel)
    {
        Keep(channel);
        return await channel.Reader.ReadAsync() + 1;
    }

    private static async Task Tick()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1));
        while (await timer.WaitForNextTickAsync(s_application.Token))
        {
            GC.KeepAlive(timer);
        }
    }

    private static async Task Gather()
    {
        await Task.WhenAll(s_never.Task, s_never.Task);
        GC.KeepAlive(s_kept);
    }

    private static async Task UntilStopped()
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(s_application.Token);
        await Task.Delay(Timeout.Infinite, linked.Token);
    }

    private static async Task ReadRows()
    {
        await foreach (var row in Rows())
        {
            GC.KeepAlive(row);
        }
    }

    private static async IAsyncEnumerable<int> Rows()
    {
        yield return 1;
        await s_never.Task;
        yield return 2;
    }

    private static async Task Handle()
    {
        var loaded = await Load();
        GC.KeepAlive(loaded);
    }

    private static async Task<string> Load() => $"{await Query()}";

    private static async ValueTask<object> Query()
    {
        await s_never.Task;
        return s_kept;
    }

    private static async ValueTask<int> Receive(Slot slot)
    {
        Keep(slot);
        return await new ValueTask<int>(slot, slot.Version) + 1;
    }

    private static async Task<T> Convert<T>(T value)
    {
        await s_never.Task;
        return value;
    }

    private static Task Lambda()
    {
        Func<Task> lambda = async () =>
        {
            await s_never.Task;
            GC.KeepAlive(s_kept);
        };
        return lambda();
    }

    private static Task Local()
    {
        return Save();
        static async Task Save()
        {
            await s_never.Task;
            GC.KeepAlive(s_kept);
        }
    }

    private static async Task Guarded()
    {
        try
        {
            await s_never.Task;
        }
        catch (InvalidOperationException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
        }
        finally
        {
            GC.KeepAlive(s_kept);
        }
    }

    private static async Task Configured()
    {
        await s_never.Task.ConfigureAwait(false);
        GC.KeepAlive(s_kept);
    }

    private static async Task YieldThenWait()
    {
        for (var i = 0; i < 40; i++)
        {
            await Task.Yield();
        }

        await s_never.Task;
    }

    private static async Task<int> ReadBody()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new TcpClient();
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        Keep((listener, client));
        var body = client.GetStream();
        return await body.ReadAsync(new byte[16]);
    }

    private static void Keep(object value)
    {
        lock (s_kept)
        {
            s_kept.Add(value);
        }
    }

    private interface IHandler
    {
        Task<object> Handle(object message);
    }

    private sealed class Handler : IHandler
    {
        [SuppressMessage("Performance", "CA1822", Justification = "Implements the interface.")]
        async Task<object> IHandler.Handle(object message)
        {
            await s_never.Task;
            return message;
        }
    }

    private sealed class Repository<T>
    {
        private readonly List<T> _loaded = [];

        public async Task<int> LoadAsync()
        {
            await s_never.Task;
            return _loaded.Count;
        }
    }

    private readonly struct Reader(int first)
    {
        public async Task<int> ReadAsync()
        {
            await s_never.Task;
            return first;
        }
    }

    private sealed class Slot : IValueTaskSource<int>
    {
        private ManualResetValueTaskSourceCore<int> _core;

        public short Version => _core.Version;

        public int GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }

    private sealed class Token
    {
        public required string Label { get; init; }

        public required long Id { get; init; }
    }
}

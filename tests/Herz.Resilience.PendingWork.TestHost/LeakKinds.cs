using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>Leaks that occur in services, written as in real code, each any number of times.</summary>
internal static class LeakKinds
{
    private static readonly CancellationTokenSource s_application = new();
    private static readonly SemaphoreSlim s_gate = new(0);
    private static readonly ManualResetEventSlim s_never = new();
    private static readonly List<object> s_kept = [];
    private static readonly Clock s_clock = new();
    private static readonly Dictionary<int, Invoice> s_cache = [];

    /// <summary>Prepares all kinds, so that only the leak itself changes between two captures.</summary>
    public static void Prepare()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        s_kept.Add(listener);
        s_server = (IPEndPoint)listener.LocalEndpoint;
        _ = Serve(listener);
        ThreadPool.SetMinThreads(64, 8);
    }

    public static void Start(string kind, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Once(kind);
        }
    }

    private static void Once(string kind)
    {
        switch (kind)
        {
            case "source":
                s_kept.Add(Answer());
                break;
            case "channel":
                s_kept.Add(Consume(Channel.CreateUnbounded<Invoice>()));
                break;
            case "linked":
                // No code awaits the source: only the registration on the application's token remains.
                _ = CancellationTokenSource.CreateLinkedTokenSource(s_application.Token);
                break;
            case "delay":
                s_kept.Add(Sleep());
                break;
            case "semaphore":
                s_kept.Add(Enter());
                break;
            case "void":
                Poll();
                break;
            case "timer":
                s_kept.Add(new Timer(static state => GC.KeepAlive(state), new Reminder(), 3_600_000, 3_600_000));
                break;
            case "thread":
                new Thread(Work) { IsBackground = true }.Start();
                break;
            case "pool":
                ThreadPool.QueueUserWorkItem(static _ => Block());
                break;
            case "body":
                Ask().GetAwaiter().GetResult();
                break;
            case "file":
                s_kept.Add(File.OpenRead("/proc/self/status"));
                break;
            case "event":
                s_clock.Ticked += new Screen().Show;
                break;
            case "cache":
                s_cache[s_cache.Count] = new Invoice(s_cache.Count);
                break;
            case "enumerator":
                var rows = Rows().GetAsyncEnumerator();
                _ = rows.MoveNextAsync().AsTask().GetAwaiter().GetResult();
                s_kept.Add(rows);
                break;
            default:
                throw new ArgumentException($"unknown kind of leak: {kind}", nameof(kind));
        }
    }

    private static IPEndPoint s_server = new(IPAddress.Loopback, 0);

    private static async Task<int> Answer()
    {
        var source = new TaskCompletionSource<int>();
        s_kept.Add(source);
        return await source.Task;
    }

    private static async Task Consume(Channel<Invoice> channel)
    {
        await foreach (var invoice in channel.Reader.ReadAllAsync())
        {
            GC.KeepAlive(invoice);
        }
    }

    private static async Task Sleep() => await Task.Delay(Timeout.Infinite);

    private static async Task Enter() => await s_gate.WaitAsync();

    private static async void Poll()
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromHours(1));
        }
    }

    private static void Work()
    {
        Wait();
        GC.KeepAlive(s_never);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Wait()
    {
        s_never.Wait();
        GC.KeepAlive(s_never);
    }

    private static void Block()
    {
        Never().GetAwaiter().GetResult();
        GC.KeepAlive(s_never);
    }

    private static async Task Never() => await new TaskCompletionSource().Task;

    private static async Task Ask()
    {
        var client = new HttpClient();
        s_kept.Add(client);
        s_kept.Add(await client.GetAsync(new Uri($"http://{s_server}/"), HttpCompletionOption.ResponseHeadersRead));
    }

    // Announces more bytes than it sends, like a server during a response body.
    private static async Task Serve(TcpListener listener)
    {
        while (true)
        {
            var socket = await listener.AcceptSocketAsync();
            _ = await socket.ReceiveAsync(new byte[1024]);
            _ = await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nbegin"u8.ToArray());
            s_kept.Add(socket);
        }
    }

    private static async IAsyncEnumerable<int> Rows()
    {
        try
        {
            await Task.Yield();
            yield return 1;
        }
        finally
        {
            GC.KeepAlive(s_kept);
        }
    }

    private sealed class Clock
    {
        public event Action? Ticked;

        public bool IsHeard => Ticked is not null;
    }

    private sealed class Screen
    {
        private int _shown;

        public void Show() => _shown++;
    }

    private sealed record Invoice(int Number);

    private sealed class Reminder;
}

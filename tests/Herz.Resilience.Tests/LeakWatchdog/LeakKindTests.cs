using System.Threading.Channels;

namespace Herz.Resilience.Tests.LeakWatchdog;

/// <summary>Each kind of leak that holds the token of its request is logged with its endpoint.</summary>
[Collection(CapturesOfOneProcess.Name)]
public sealed class LeakKindTests : IDisposable
{
    private const int PerWindow = 6;

    private readonly List<object> _kept = [];
    private readonly SemaphoreSlim _gate = new(0);
    private readonly CancellationTokenSource _application = new();

    [Theory]
    [InlineData("source", "LeakKindTests.AwaitAsync awaiting TaskCompletionSource")]
    [InlineData("channel", "LeakKindTests.ReadAsync awaiting ")]
    [InlineData("delay", "LeakKindTests.DelayAsync awaiting Task.Delay")]
    [InlineData("semaphore", "LeakKindTests.EnterAsync awaiting SemaphoreSlim.WaitAsync")]
    [InlineData("void", "LeakKindTests.Loop awaiting Task.Delay")]
    [InlineData("timer", "Timer of ")]
    [InlineData("iterator", "LeakKindTests.Numbers")]
    [InlineData("registration", "CancellationToken.Register of Herz.Resilience.Tests.LeakWatchdog.LeakKindTests")]
    public async Task Leak_OfEachKind_IsNamed(string kind, string expected)
    {
        await using var app = await WatchedApp.StartAsync(web => web.MapGet("/leak/{kind}", LeakAsync));

        await app.RunAsync(3, $"/leak/{kind}", PerWindow);

        var message = Assert.Single(app.Logs.Entries, static entry => entry.EventId == 904).Message;
        Assert.Contains("GET /leak/{kind}: 18 pending ", message);
        Assert.Contains(expected, message);
    }

    public void Dispose()
    {
        _gate.Dispose();
        _application.Dispose();
    }

    private async Task LeakAsync(string kind)
    {
        switch (kind)
        {
            case "source":
                _ = AwaitAsync();
                break;
            case "channel":
                _ = ReadAsync(Keep(Channel.CreateUnbounded<int>()));
                break;
            case "delay":
                _ = DelayAsync();
                break;
            case "semaphore":
                _ = EnterAsync();
                break;
            case "void":
                Loop();
                break;
            case "timer":
                Keep(new Timer(static _ => { }, this, TimeSpan.FromHours(1), TimeSpan.FromHours(1)));
                break;
            case "iterator":
                await Keep(Numbers().GetAsyncEnumerator()).MoveNextAsync();
                break;
            default:
                _application.Token.Register(static _ => { }, this);
                break;
        }
    }

    private async Task AwaitAsync() => await Keep(new TaskCompletionSource()).Task;

    private async Task EnterAsync() => await _gate.WaitAsync();

    private async Task DelayAsync() => await Task.Delay(Timeout.Infinite, _application.Token);

    private async void Loop()
    {
        while (!_application.IsCancellationRequested)
        {
            await Task.Delay(Timeout.Infinite, _application.Token);
        }
    }

    private static async Task ReadAsync(Channel<int> channel) => await channel.Reader.ReadAsync();

    private static async IAsyncEnumerable<int> Numbers()
    {
        await Task.Yield();
        yield return 1;
        yield return 2;
    }

    private T Keep<T>(T kept)
        where T : notnull
    {
        lock (_kept)
        {
            _kept.Add(kept);
        }

        return kept;
    }
}

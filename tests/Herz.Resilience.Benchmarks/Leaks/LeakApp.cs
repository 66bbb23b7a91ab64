using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Herz.Resilience.Benchmarks.Leaks;

/// <summary>The leaking endpoints, and busy healthy endpoints that delay, yield, cache, and start work that ends.</summary>
internal sealed class LeakApp
{
    private readonly OrderRepository _repository = new();
    private readonly MailTasks _mail = new();
    private readonly ConcurrentDictionary<int, Task<int>> _cache = new();
    private int _requests;

    public void Map(WebApplication app)
    {
        for (var number = 0; number < LeakCase.Healthy; number++)
        {
            Map(app, number);
        }

        app.MapGet("/orders/{id}", (int id) => { _ = _repository.LoadAsync(id); });
        app.MapGet("/one-percent", () =>
        {
            if (Interlocked.Increment(ref _requests) % 100 == 0)
            {
                _ = _repository.LoadAsync(1);
            }
        });
        app.MapPost("/mail", () => _mail.Send());
        app.MapGet("/pump", static (OrderPump pump) => pump.Poll());
    }

    private void Map(WebApplication app, int number) => _ = (number % 4) switch
    {
        0 => app.MapGet($"/healthy/{number}", static () => Task.Delay(2)),
        1 => app.MapGet($"/healthy/{number}", static async () => await Task.Yield()),
        2 => app.MapGet($"/healthy/{number}", () => _cache.GetOrAdd(number, static async key => { await Task.Delay(1); return key; })),
        _ => app.MapGet($"/healthy/{number}", static () => { _ = Task.Run(static () => Task.Delay(3)); }),
    };
}

internal sealed class OrderRepository
{
    private readonly Channel<int> _orders = Channel.CreateUnbounded<int>();

    // The channel is never written to.
    public async Task<int> LoadAsync(int id) => id + await _orders.Reader.ReadAsync();
}

/// <summary>A hosted service that leaks one operation for each poll.</summary>
internal sealed class OrderPump : BackgroundService
{
    private readonly Channel<int> _polls = Channel.CreateUnbounded<int>();
    private readonly Channel<int> _orders = Channel.CreateUnbounded<int>();

    public void Poll() => _polls.Writer.TryWrite(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var poll in _polls.Reader.ReadAllAsync(stoppingToken))
        {
            _ = FetchAsync(poll);
        }
    }

    // The channel is never written to.
    private async Task<int> FetchAsync(int poll) => poll + await _orders.Reader.ReadAsync(CancellationToken.None);
}

/// <summary>An example leak: each call starts a task that never completes.</summary>
internal sealed class MailTasks
{
    private readonly ConcurrentBag<TaskCompletionSource> _unfinished = [];

    public void Send() => _ = Task.Run(StartAsyncTask);

    private async Task StartAsyncTask()
    {
        var done = new TaskCompletionSource();
        _unfinished.Add(done);
        await done.Task;
    }
}

using Grpc.Core;
using Grpc.Net.Client;
using Herz.Resilience.Benchmarks.Harmless.Clients;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>gRPC calls of all four kinds, and cancelled calls.</summary>
internal static class GrpcCalls
{
    public static readonly HealthyApp[] All =
    [
        Row("grpc-unary", "60/s unary calls of 20 ms", static (visitor, stock) => visitor.PaceAsync(60, 8, index => CallAsync(visitor, async () =>
            Check(visitor, index, await stock.LookAsync(new Item { Number = index, Milliseconds = 20 }))))),

        Row("grpc-streams", "all four kinds; streams without messages for more than 1 s", static (visitor, stock) => visitor.LoopAsync(12, 8, (client, round) =>
            CallAsync(visitor, () => TalkAsync(visitor, stock, (client + round) % 4)))),

        Row("grpc-cancelled", "400 duplex calls that write one message and cancel, alongside 20/s complete calls", static (visitor, stock) => Task.WhenAll(
            visitor.PaceAsync(50, 8, index => CallAsync(visitor, () => CancelAsync(stock, index))),
            visitor.PaceAsync(20, 8, index => CallAsync(visitor, () => TalkAsync(visitor, stock, 3, silence: 5)))), "A19"),

        Row("grpc-cancelled-unary", "unary calls and server streams, cancelled at random times or by a client deadline", static (visitor, stock) => Task.WhenAll(
            visitor.PaceAsync(40, 8, index => CallAsync(visitor, () => GiveUpAsync(stock, index))),
            visitor.PaceAsync(20, 8, index => CallAsync(visitor, async () => Check(visitor, index, await stock.LookAsync(new Item { Number = index, Milliseconds = 5 }))))), "A19"),

        Row("grpc-burst", "210 concurrent unary calls of 300 ms to one service", static async (visitor, stock) =>
        {
            for (var burst = 0; burst < 3; burst++)
            {
                await Visitor.AllAsync(210, index => CallAsync(visitor, async () => Check(visitor, index, await stock.LookAsync(new Item { Number = index, Milliseconds = 300 }))));
                await Task.Delay(visitor.Scaled(2));
            }
        }, "A22"),
    ];

    private static HealthyApp Row(string name, string title, Func<Visitor, Stock.StockClient, Task> drive, string field = "") => new(name, title, static app =>
        app.MapGrpcService<StockService>(), async visitor =>
        {
            using var channel = GrpcChannel.ForAddress(visitor.Http2);
            await drive(visitor, new Stock.StockClient(channel));
        })
    {
        Field = field,
        Configure = static builder => builder.Services.AddGrpc(),
    };

    private static Task CallAsync(Visitor visitor, Func<Task> call) => visitor.AttemptAsync("gRPC", Expected.Ok, async () =>
    {
        try
        {
            await call();
        }
        catch (RpcException exception)
        {
            visitor.Tally.Fail(
                exception.StatusCode switch
                {
                    StatusCode.ResourceExhausted => Failure.Limited,
                    StatusCode.Unavailable or StatusCode.Internal or StatusCode.Unknown or StatusCode.DeadlineExceeded => Failure.ServerError,
                    _ => Failure.Status,
                },
                exception.Status.ToString());
        }
    });

    private static void Check(Visitor visitor, int expected, Item item)
    {
        if (item.Number != expected)
        {
            visitor.Tally.Fail(Failure.Body, $"{item.Number} instead of {expected}");
        }
    }

    private static async Task TalkAsync(Visitor visitor, Stock.StockClient stock, int kind, int silence = 1_100)
    {
        var item = new Item { Number = 1, Milliseconds = silence };
        switch (kind)
        {
            case 0:
                Check(visitor, 1, await stock.LookAsync(new Item { Number = 1, Milliseconds = 10 }));
                break;
            case 1:
                using (var watch = stock.Watch(item))
                {
                    var count = 0;
                    await foreach (var _ in watch.ResponseStream.ReadAllAsync())
                    {
                        count++;
                    }

                    Check(visitor, 3, new Item { Number = count });
                }

                break;
            case 2:
                using (var counting = stock.Count())
                {
                    await counting.RequestStream.WriteAsync(item);
                    await Task.Delay(silence);
                    await counting.RequestStream.WriteAsync(item);
                    await counting.RequestStream.CompleteAsync();
                    Check(visitor, 2, await counting);
                }

                break;
            default:
                using (var talk = stock.Talk())
                {
                    await Task.Delay(silence);
                    await talk.RequestStream.WriteAsync(item);
                    await talk.ResponseStream.MoveNext(CancellationToken.None);
                    Check(visitor, 1, talk.ResponseStream.Current);
                    await talk.RequestStream.CompleteAsync();
                    await talk.ResponseStream.MoveNext(CancellationToken.None);
                }

                break;
        }
    }

    private static async Task CancelAsync(Stock.StockClient stock, int index)
    {
        using var cancellation = new CancellationTokenSource();
        using var talk = stock.Talk(cancellationToken: cancellation.Token);
        await talk.RequestStream.WriteAsync(new Item { Number = index });
        await Task.Delay(SeededRandom.Between(19, index, 0, 30));
        await cancellation.CancelAsync();
    }

    private static async Task GiveUpAsync(Stock.StockClient stock, int index)
    {
        var item = new Item { Number = index, Milliseconds = 400 };
        var timeout = TimeSpan.FromMilliseconds(SeededRandom.Between(20, index, 1, 200));
        using var cancellation = new CancellationTokenSource(timeout);
        try
        {
            switch (index % 3)
            {
                case 0:
                    await stock.LookAsync(item, cancellationToken: cancellation.Token);
                    break;
                case 1:
                    await stock.LookAsync(item, deadline: DateTime.UtcNow + timeout);
                    break;
                default:
                    using (var watch = stock.Watch(item, cancellationToken: cancellation.Token))
                    {
                        await watch.ResponseStream.MoveNext(cancellation.Token);
                    }

                    break;
            }
        }
        catch (RpcException exception) when (exception.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded)
        {
            // The client cancelled the call.
        }
    }

    private sealed class StockService : Stock.StockBase
    {
        public override async Task<Item> Look(Item request, ServerCallContext context)
        {
            await Task.Delay(request.Milliseconds, context.CancellationToken);
            return request;
        }

        public override async Task Watch(Item request, IServerStreamWriter<Item> responseStream, ServerCallContext context)
        {
            for (var item = 0; item < 3; item++)
            {
                await Task.Delay(request.Milliseconds, context.CancellationToken);
                await responseStream.WriteAsync(request);
            }
        }

        public override async Task<Item> Count(IAsyncStreamReader<Item> requestStream, ServerCallContext context)
        {
            var count = 0;
            while (await requestStream.MoveNext(context.CancellationToken))
            {
                count++;
            }

            return new Item { Number = count };
        }

        public override async Task Talk(IAsyncStreamReader<Item> requestStream, IServerStreamWriter<Item> responseStream, ServerCallContext context)
        {
            // Without the token, as in most handlers of duplex calls.
            while (await requestStream.MoveNext())
            {
                await responseStream.WriteAsync(requestStream.Current);
            }
        }
    }
}

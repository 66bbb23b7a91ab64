using Herz.Resilience.BackgroundWork;
using Herz.Resilience.Deadlines;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;

namespace Herz.Resilience.Sample;

internal static class OrderEndpoints
{
    public static void MapOrders(this WebApplication app)
    {
        app.MapGet("/orders", async (OrdersContext orders, IDeadlines deadlines, CancellationToken token) =>
        {
            using var database = deadlines.Enter(DeadlineTier.Database, token);
            return await orders.Orders.OrderBy(order => order.Id).Take(10).ToListAsync(database.Token);
        });
        app.MapGet("/orders/{id:int}", GetAsync);
        app.MapPost("/orders/{id:int}/receipt", (int id, IBackgroundWork background) =>
        {
            background.Run("send-receipt", token => Task.Delay(TimeSpan.FromMilliseconds(200), token));
            return Results.Accepted($"/orders/{id}");
        });
    }

    private static async Task<IResult> GetAsync(
        int id, OrdersContext orders, StockClient stock, IMemoryCache cache, Switches switches, IDeadlines deadlines, CancellationToken token)
    {
        await switches.MisbehaveAsync(token);
        using var database = deadlines.Enter(DeadlineTier.Database, token);
        var order = await cache.GetOrCreateAsync($"order-{id}", entry =>
        {
            entry.AbsoluteExpirationRelativeToNow = TimeSpan.FromSeconds(10);
            return orders.Orders.FirstOrDefaultAsync(order => order.Id == id, database.Token);
        });
        if (order is null)
        {
            return Results.NotFound();
        }

        var inStock = await stock.CountAsync(order.Product);
        return Results.Ok(new { order.Id, order.Product, order.Quantity, inStock });
    }
}

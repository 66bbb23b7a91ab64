using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Herz.Resilience.Sample;

internal sealed class OrdersContext(DbContextOptions<OrdersContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    public static async Task SeedAsync(OrdersContext orders)
    {
        await orders.Database.EnsureCreatedAsync();
        if (!await orders.Orders.AnyAsync())
        {
            orders.Orders.AddRange(Enumerable.Range(1, 100).Select(id => new Order { Id = id, Product = $"product-{id % 10}", Quantity = 1 + (id % 3) }));
            await orders.SaveChangesAsync();
        }
    }
}

internal sealed class Order
{
    public int Id { get; set; }

    public required string Product { get; set; }

    public int Quantity { get; set; }
}

internal static class DatabaseCheck
{
    /// <summary>The app is ready when its database answers.</summary>
    public static IHealthChecksBuilder AddDbContextCheck(this IHealthChecksBuilder checks) =>
        checks.Add(new HealthCheckRegistration("database", services => new Check(services.GetRequiredService<OrdersContext>()), failureStatus: null, tags: null));

    private sealed class Check(OrdersContext orders) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            await orders.Database.CanConnectAsync(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy();
    }
}

using Herz.Resilience.Sample;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

var builder = WebApplication.CreateBuilder(args);
builder.UseHerzResilience();

var folder = Directory.CreateTempSubdirectory("herz-sample-");
builder.Services.AddDbContext<OrdersContext>(options => options.UseSqlite($"Data Source={Path.Combine(folder.FullName, "orders.db")}"));
builder.Services.AddMemoryCache();
builder.Services.AddSingleton<Switches>();
builder.Services.AddSingleton<StockService>();
builder.Services.AddHostedService(services => services.GetRequiredService<StockService>());
builder.Services.AddHttpClient<StockClient>();
builder.Services.AddHealthChecks().AddDbContextCheck();

var app = builder.Build();
await using (var scope = app.Services.CreateAsyncScope())
{
    await OrdersContext.SeedAsync(scope.ServiceProvider.GetRequiredService<OrdersContext>());
}

app.MapGet("/", () => "Orders and logins. See the README for a tour.\n");
app.MapLogin();
app.MapOrders();
app.MapReports();
if (app.Environment.IsDevelopment())
{
    app.MapSwitches();
}

app.Run();
SqliteConnection.ClearAllPools();
folder.Delete(recursive: true);

using System.Globalization;
using System.Text.Json;
using Herz.Resilience;
using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LeakWatchdog.Reporting;
using Herz.Resilience.LeakWatchdog.Windows;
using Herz.Resilience.PendingWork.RuntimeAsyncHost;
using Herz.Resilience.RuntimeAsyncApp;

// A watched app, compiled with runtime-async, with one endpoint for each kind of leak. Each window has ten requests to each.
// Prints the reported leaks, and for each endpoint the number of windows until its leak was reported.
const int PerWindow = 10;
const int QuartersPerWindow = 4;
var windows = int.Parse(args[0], CultureInfo.InvariantCulture);
var clock = new StoppedClock();
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.UseHerzResilience(static herz => herz.Mode = EnforcementMode.Observe);
builder.Services.AddSingleton<TimeProvider>(clock);
builder.Services.AddSingleton<FullCollections, BlockingCollections>();
await using var app = builder.Build();
foreach (var (kind, leak) in Matrix.Kinds)
{
    app.MapGet($"/{kind}", () => { _ = leak(); });
}

await app.StartAsync();
using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
var watch = app.Services.GetRequiredService<LeakWatch>();
var board = app.Services.GetRequiredService<LeakBoard>();
var reported = new Dictionary<string, int>();
for (var window = 1; window <= windows; window++)
{
    foreach (var kind in Matrix.Kinds.Keys)
    {
        for (var i = 0; i < PerWindow; i++)
        {
            using var response = await client.GetAsync(new Uri($"/{kind}", UriKind.Relative));
            response.EnsureSuccessStatusCode();
        }
    }

    for (var quarter = 0; quarter < QuartersPerWindow; quarter++)
    {
        clock.Advance(TimeSpan.FromMinutes(1) / QuartersPerWindow);
        watch.Check();
    }

    foreach (var origin in board.Current.Select(static leak => leak.Origin).OfType<string>())
    {
        reported.TryAdd(origin, window);
    }
}

Console.WriteLine(JsonSerializer.Serialize(new
{
    windows = reported,
    leaks = board.Current.Select(static leak => new { leak.Origin, leak.Method, leak.Awaits, leak.Pending }),
}));

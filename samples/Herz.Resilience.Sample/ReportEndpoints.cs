namespace Herz.Resilience.Sample;

internal static class ReportEndpoints
{
    public static void MapReports(this WebApplication app)
    {
        // A report takes longer than the API tier, so its route has its own tier.
        app.MapGet("/reports/{**path}", async (string? path, CancellationToken token) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), token);
            return $"report {path}\n";
        });

        // Exports share 4 workers, so at most 80 a second complete. Without rate limits, only load shedding protects them.
        var workers = new SemaphoreSlim(4);
        app.MapGet("/exports/{name}", async (string name, CancellationToken token) =>
        {
            await workers.WaitAsync(token);
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), token);
                return $"export {name}\n";
            }
            finally
            {
                workers.Release();
            }
        }).DisableHerzRateLimiting();
    }
}

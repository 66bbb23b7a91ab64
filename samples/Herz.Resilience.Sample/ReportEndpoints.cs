namespace Herz.Resilience.Sample;

internal static class ReportEndpoints
{
    public static void MapReports(this WebApplication app)
    {
        // A report takes longer than the API tier; its route has a tier of its own.
        app.MapGet("/reports/{**path}", async (string? path, CancellationToken token) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), token);
            return $"report {path}\n";
        });

        // Exports share four workers, so 80 a second can be served. No client is limited: load shedding alone protects it.
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

namespace Herz.Resilience.Sample;

internal static class ReportEndpoints
{
    /// <summary>A report takes longer than the API tier; its route has a tier of its own.</summary>
    public static void MapReports(this WebApplication app) =>
        app.MapGet("/reports/{**path}", async (string? path, CancellationToken token) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), token);
            return $"report {path}\n";
        });
}

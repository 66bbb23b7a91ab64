namespace Herz.Resilience.Benchmarks.Leaks;

/// <summary>A leak: the requests of each window, and the expected report.</summary>
/// <param name="Name">Description of the leak.</param>
/// <param name="Endpoint">The expected origin.</param>
/// <param name="Method">The expected method.</param>
/// <param name="Path">The path of the leaking endpoint.</param>
/// <param name="PerWindow">Requests to the leaking endpoint in each window.</param>
/// <param name="Within">Maximum number of windows until the report; more for hosted services, whose work may legitimately wait, so its age and a second capture count.</param>
internal sealed record LeakCase(string Name, string Endpoint, string Method, string Path, int PerWindow, int Within = 4)
{
    /// <summary>Number of healthy endpoints.</summary>
    public const int Healthy = 20;

    public static readonly LeakCase[] All =
    [
        new($"120 a minute on one endpoint among {Healthy} busy ones", "GET /orders/{id}", "OrderRepository.LoadAsync", "/orders/7", 120),
        new("1 % of the requests of one endpoint", "GET /one-percent", "OrderRepository.LoadAsync", "/one-percent", 1000),
        new("StartAsyncTask: each request starts a task that never completes", "POST /mail", "MailTasks.StartAsyncTask", "/mail", 120),
        new("120 a minute of a hosted service", "hosted services", "OrderPump.FetchAsync", "/pump", 120, Within: 13),
    ];
}

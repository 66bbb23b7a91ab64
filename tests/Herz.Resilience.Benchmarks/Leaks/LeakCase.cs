namespace Herz.Resilience.Benchmarks.Leaks;

/// <summary>A leak that must be named: which requests are sent in each window, and what must be said of it.</summary>
/// <param name="Name">What leaks.</param>
/// <param name="Endpoint">The origin that must be named.</param>
/// <param name="Method">The method that must be named.</param>
/// <param name="Path">The path of the leaking endpoint.</param>
/// <param name="PerWindow">Requests to it in a window.</param>
/// <param name="Within">The windows within which it must be named: work of hosted services may wait rightly, so its age and a second capture count.</param>
internal sealed record LeakCase(string Name, string Endpoint, string Method, string Path, int PerWindow, int Within = 4)
{
    /// <summary>Healthy endpoints beside the leaky one.</summary>
    public const int Healthy = 20;

    public static readonly LeakCase[] All =
    [
        new($"120 a minute on one endpoint among {Healthy} busy ones", "GET /orders/{id}", "OrderRepository.LoadAsync", "/orders/7", 120),
        new("1 % of the requests of one endpoint", "GET /one-percent", "OrderRepository.LoadAsync", "/one-percent", 1000),
        new("the story's StartAsyncTask", "POST /mail", "StoryTasks.StartAsyncTask", "/mail", 120),
        new("120 a minute of a hosted service", "hosted services", "OrderPump.FetchAsync", "/pump", 120, Within: 13),
    ];
}

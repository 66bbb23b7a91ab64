using Herz.Resilience.Benchmarks.Harmless.Apps;

namespace Herz.Resilience.Benchmarks.Harmless;

/// <summary>All rows, in execution order.</summary>
internal static class HealthyApps
{
    public static readonly HealthyApp[] All =
    [
        .. Settled.All, .. Uploads.All, .. Downloads.All, .. Sockets.All, .. Hubs.All, .. GrpcCalls.All, .. Leaving.All, .. Times.All, .. Faults.All,
        .. Starts.All, .. Peaks.All, .. Crowds.All, .. Pages.All, .. Late.All, .. Platform.All, .. Proxies.All, .. Routes.All,
        .. Outgoing.All, .. Limits.All, .. Mixtures.All, .. Pauses.All,
    ];

    public static HealthyApp Find(string name) => Array.Find(All, app => app.Name == name) ?? throw new ArgumentException($"\"{name}\" is not a row; see --list.");
}

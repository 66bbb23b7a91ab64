using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;

namespace Herz.Resilience.LeakWatchdog.Pages;

/// <summary>Opens an event-pipe session on this process, through its diagnostics port.</summary>
internal static class TraceSession
{
    private const int BufferMegabytes = 64;

    // GC, exceptions, contention, threading and the loader, as dotnet-trace takes them by default.
    private const long RuntimeKeywords = 0x100003801D;

    private static readonly EventPipeProvider[] s_providers =
    [
        new("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, RuntimeKeywords),
        new("Microsoft-DotNETCore-SampleProfiler", EventLevel.Informational),
    ];

    public static async Task<Trace> StartAsync(CancellationToken token)
    {
        var client = new DiagnosticsClient(Environment.ProcessId);
        return new Trace(await client.StartEventPipeSessionAsync(new EventPipeSessionConfiguration(s_providers, BufferMegabytes), token));
    }

    /// <summary>A session that runs; disposing stops it.</summary>
    internal sealed class Trace(EventPipeSession session) : IAsyncDisposable
    {
        private bool _isStopped;

        public Stream Stream => session.EventStream;

        public async Task StopAsync()
        {
            if (!_isStopped)
            {
                _isStopped = true;
                await session.StopAsync(CancellationToken.None);
            }
        }

        public async ValueTask DisposeAsync()
        {
            try
            {
                // Whoever left in the middle must not leave the events switched on.
                await StopAsync();
            }
            finally
            {
                session.Dispose();
            }
        }
    }
}

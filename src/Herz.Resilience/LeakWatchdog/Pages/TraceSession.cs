using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;

namespace Herz.Resilience.LeakWatchdog.Pages;

/// <summary>Opens an event-pipe session on this process, through its diagnostics port.</summary>
internal static class TraceSession
{
    private const int BufferMegabytes = 64;

    // GC, exceptions, contention, threading and the loader: the defaults of dotnet-trace.
    private const long RuntimeKeywords = 0x100003801D;

    private static readonly EventPipeProvider[] s_providers =
    [
        new("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, RuntimeKeywords),
        new("Microsoft-DotNETCore-SampleProfiler", EventLevel.Informational),
    ];

    /// <summary>Starts a session. The reader of its stream must continue to read until the session has stopped.</summary>
    public static Task<EventPipeSession> StartAsync(CancellationToken token) =>
        new DiagnosticsClient(Environment.ProcessId).StartEventPipeSessionAsync(new EventPipeSessionConfiguration(s_providers, BufferMegabytes), token);
}

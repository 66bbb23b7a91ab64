using Herz.Resilience.Management;
using Microsoft.AspNetCore.Http;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Extensions.Hosting;

namespace Herz.Resilience.LeakWatchdog.Pages;

/// <summary>
/// A trace of this process for <c>seconds</c> (default 5, at most 60) as a <c>.nettrace</c> file for PerfView, Visual Studio or
/// <c>dotnet-trace convert</c>: samples of all managed stacks, collections, exceptions, contention and the thread pool. Only one trace
/// runs at a time.
/// </summary>
internal sealed class TracePage(IHostApplicationLifetime lifetime, TimeProvider time) : ManagementPage
{
    private const int MaxSeconds = 60;
    private const int DefaultSeconds = 5;
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(30);

    private int _isTracing;

    public override PageExposure Exposure => PageExposure.Private;

    public override string Path => "/debug/herz/trace";

    public override async Task AnswerAsync(HttpContext context)
    {
        var reader = new QueryReader(context.Request);
        var seconds = TimeSpan.FromSeconds(reader.WholeNumber("seconds", 1, MaxSeconds, "seconds") ?? DefaultSeconds);
        reader.RejectOthers();
        if (reader.Mistake is not null)
        {
            await PlainText.WriteAsync(context, StatusCodes.Status400BadRequest, reader.Mistake);
            return;
        }

        if (Interlocked.Exchange(ref _isTracing, 1) == 1)
        {
            await PlainText.WriteAsync(context, StatusCodes.Status409Conflict, "A trace is already running. Only one can run at a time.");
            return;
        }

        try
        {
            await WriteAsync(context, seconds);
        }
        catch (Exception exception) when (!context.Response.HasStarted && exception is (ServerNotAvailableException or DiagnosticsClientException or TimeoutException or IOException))
        {
            await PlainText.WriteAsync(
                context, StatusCodes.Status501NotImplemented, $"This process cannot be traced: {exception.Message} Check that DOTNET_EnableDiagnostics is not 0 and that the folder of the diagnostics socket (TMPDIR) is writable.");
        }
        finally
        {
            Volatile.Write(ref _isTracing, 0);
        }
    }

    private async Task WriteAsync(HttpContext context, TimeSpan seconds)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        using var session = await TraceSession.StartAsync(stop.Token);
        var name = $"herz-{Environment.ProcessId}-{time.GetUtcNow():yyyyMMdd-HHmmss}.nettrace";
        context.Response.ContentType = "application/octet-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        var copying = CopyAsync(session.EventStream, context.Response.Body, context.RequestAborted);
        await Task.WhenAny(copying, Task.Delay(seconds, time, stop.Token));

        // The stream ends after the session has stopped and its last events are written.
        await session.StopAsync(CancellationToken.None).WaitAsync(s_stopTimeout, time);
        await copying.WaitAsync(s_stopTimeout, time);
    }

    // Continues to read after the client has disconnected: the runtime waits until its last events are read.
    private static async Task CopyAsync(Stream events, Stream body, CancellationToken disconnected)
    {
        try
        {
            await events.CopyToAsync(body, disconnected);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            await events.CopyToAsync(Stream.Null, CancellationToken.None);
        }
    }
}

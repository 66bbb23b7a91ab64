using Herz.Resilience.Management;
using Microsoft.AspNetCore.Http;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Extensions.Hosting;

namespace Herz.Resilience.LeakWatchdog.Pages;

/// <summary>
/// A trace of this process for <c>seconds</c> (5 unless told; at most 60) as a <c>.nettrace</c> file for PerfView, Visual Studio or
/// <c>dotnet-trace convert</c>: samples of all managed stacks, collections, exceptions, contention and the thread pool. One at a time.
/// </summary>
internal sealed class TracePage(IHostApplicationLifetime lifetime, TimeProvider time) : ManagementPage
{
    private const int MostSeconds = 60;
    private const int DefaultSeconds = 5;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private int _isTaken;

    public override PageExposure Exposure => PageExposure.Private;

    public override string Path => "/debug/herz/trace";

    public override async Task AnswerAsync(HttpContext context)
    {
        var reader = new QueryReader(context.Request);
        var seconds = TimeSpan.FromSeconds(reader.Whole("seconds", 1, MostSeconds, "seconds") ?? DefaultSeconds);
        reader.RejectOthers();
        if (reader.Mistake is not null)
        {
            await PlainText.WriteAsync(context, StatusCodes.Status400BadRequest, reader.Mistake);
            return;
        }

        if (Interlocked.Exchange(ref _isTaken, 1) == 1)
        {
            await PlainText.WriteAsync(context, StatusCodes.Status409Conflict, "A trace is being taken; one at a time.");
            return;
        }

        try
        {
            await WriteAsync(context, seconds);
        }
        catch (Exception exception) when (!context.Response.HasStarted && exception is (ServerNotAvailableException or DiagnosticsClientException or TimeoutException or IOException))
        {
            await PlainText.WriteAsync(
                context, StatusCodes.Status501NotImplemented, $"This process cannot be traced: {exception.Message} Is DOTNET_EnableDiagnostics 0, or its socket's folder (TMPDIR) not writable?");
        }
        finally
        {
            Volatile.Write(ref _isTaken, 0);
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

        // The stream ends once the session has been stopped and its last events are written. Disposing closes the socket in any case.
        await session.StopAsync(CancellationToken.None).WaitAsync(s_patience, time);
        await copying.WaitAsync(s_patience, time);
    }

    // Reads on after the client has left: the runtime waits until its last events are taken.
    private static async Task CopyAsync(Stream events, Stream body, CancellationToken left)
    {
        try
        {
            await events.CopyToAsync(body, left);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            await events.CopyToAsync(Stream.Null, CancellationToken.None);
        }
    }
}

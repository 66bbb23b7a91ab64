using System.Globalization;
using Herz.Resilience.Configuration;
using Herz.Resilience.LeakWatchdog.Captures;
using Herz.Resilience.Management;
using Herz.Resilience.PendingWork;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Herz.Resilience.LeakWatchdog.Pages;

/// <summary>
/// The pending work of this process, captured on request, in the style of pprof for goroutines: <c>debug=1</c> counts by
/// stack, <c>debug=2</c> lists each operation, <c>debug=json</c>, <c>debug=collapsed</c> for flame graphs. <c>diff=N</c> shows the
/// changes since capture N, <c>diff=last</c> since the last capture, <c>seconds=S</c> within the next S seconds. <c>threads=true</c> and
/// <c>types=true</c> add waiting threads and the heap by type. <c>pause=M</c> allows the process to be stopped for M milliseconds if no
/// other capture method works.
/// </summary>
internal sealed class PendingPage(Capturer capturer, Settings<LeakWatchdogOptions> settings, IHostApplicationLifetime lifetime, TimeProvider time) : ManagementPage
{
    /// <summary>The header with the number of the capture, for <c>diff</c>.</summary>
    public const string CaptureHeader = "Herz-Capture";

    private const int MaxWaiting = 4;

    private int _waiting;

    public override PageExposure Exposure => PageExposure.Private;

    public override string Path => "/debug/herz/pending";

    public override async Task AnswerAsync(HttpContext context)
    {
        if (settings.Value.Capture == CaptureMode.Off)
        {
            await PlainText.WriteAsync(context, StatusCodes.Status403Forbidden, "Herz:LeakWatchdog:Capture is Off. Set it to OnDemand or Auto to capture pending work on this page.");
            return;
        }

        var query = PendingQuery.Read(context.Request);
        if (query.Mistake is not null)
        {
            await PlainText.WriteAsync(context, StatusCodes.Status400BadRequest, query.Mistake);
            return;
        }

        PendingWorkProfile? before = null;
        if (query.Difference is { } number)
        {
            before = Find(number);
            if (before is null)
            {
                await PlainText.WriteAsync(context, StatusCodes.Status404NotFound, Missing(number));
                return;
            }
        }
        else if (query.Seconds is { } seconds)
        {
            if (Interlocked.Increment(ref _waiting) > MaxWaiting)
            {
                Interlocked.Decrement(ref _waiting);
                await PlainText.WriteAsync(context, StatusCodes.Status409Conflict, $"{MaxWaiting} requests with seconds are already waiting. Try again after one is answered, or request the page without seconds and then with diff=last.");
                return;
            }

            try
            {
                before = (await capturer.CaptureAsync(query.Types, query.Threads, query.LongestPause)).Profile.Summarize();
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
                await Task.Delay(seconds, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        var captured = await capturer.CaptureAsync(query.Types, query.Threads, query.LongestPause);
        context.Response.Headers[CaptureHeader] = captured.Id.ToString(CultureInfo.InvariantCulture);
        if (before is not null)
        {
            await PlainText.WriteAsync(context, StatusCodes.Status200OK, captured.Profile.Since(before).ToString());
        }
        else if (query.Format == PendingWorkFormat.Json)
        {
            await PlainText.WriteAsync(context, StatusCodes.Status200OK, captured.Profile.ToString(query.Format), "application/json");
        }
        else
        {
            await PlainText.WriteAsync(context, StatusCodes.Status200OK, captured.Profile.ToString(query.Format));
        }
    }

    private PendingWorkProfile? Find(int number) => number == PendingQuery.Last
        ? capturer.Last?.Profile
        : capturer.History.FirstOrDefault(captured => captured.Id == number)?.Profile;

    private string Missing(int number)
    {
        var known = string.Join(", ", capturer.History.Select(static captured => $"{captured.Id} ({captured.Profile.CapturedAt:HH:mm:ss'Z'})"));
        var missing = number == PendingQuery.Last ? "There is no capture yet" : $"There is no capture {number}";
        return $"{missing}. {(known.Length == 0 ? "Request this page without diff first" : $"Known captures: {known}")}.";
    }
}

using System.Text.Json;
using Herz.Resilience.LeakWatchdog.Reporting;
using Herz.Resilience.LeakWatchdog.Signals;
using Herz.Resilience.Management;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.LeakWatchdog.Pages;

/// <summary>The suspected signals, the leaks and their changes, and the signal history, as JSON, newest last.</summary>
internal sealed class CountersPage(SampleHistory history, SignalSuspicions suspicions, LeakBoard board) : ManagementPage
{
    public override PageExposure Exposure => PageExposure.Private;

    public override string Path => "/debug/herz/counters";

    public override async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteStartArray("suspected");
        foreach (var signal in Enum.GetValues<Signal>().Where(signal => suspicions[signal] is not null))
        {
            json.WriteStringValue(SignalCatalog.All[(int)signal].Name);
        }

        json.WriteEndArray();
        json.WriteStartArray("leaks");
        foreach (var leak in board.Current)
        {
            Write(json, leak, change: null);
        }

        json.WriteEndArray();
        json.WriteStartArray("changes");
        foreach (var change in board.History)
        {
            Write(json, change.Leak, change);
        }

        json.WriteEndArray();
        json.WriteStartArray("samples");
        foreach (var sample in history.Snapshot())
        {
            Write(json, sample);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Leak leak, LeakChange? change)
    {
        json.WriteStartObject();
        if (change is not null)
        {
            json.WriteString("time", change.Time);
            json.WriteString("status", change.Status.ToString());
        }

        json.WriteString("text", leak.ToString());
        json.WriteString("signal", leak.Signal);
        json.WriteString("origin", leak.Origin);
        json.WriteString("method", leak.Method);
        json.WriteString("awaits", leak.Awaits);
        json.WriteString("type", leak.Type);
        json.WriteNumber("pending", leak.Pending);
        json.WriteNumber("perMinute", Math.Round(leak.PerMinute, 3));
        json.WriteNumber("share", Math.Round(leak.Share, 3));
        json.WriteString("firstSeen", leak.FirstSeen);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Sample sample)
    {
        json.WriteStartObject();
        json.WriteString("time", sample.Time);
        json.WriteNumber("requests", sample.Requests);
        json.WriteNumber("lasting", sample.Lasting);
        for (var index = 0; index < sample.Values.Length; index++)
        {
            json.WriteNumber(SignalCatalog.All[index].Name, sample.Values[index]);
        }

        json.WriteEndObject();
    }
}

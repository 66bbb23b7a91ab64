using System.Text.Json;
using Herz.Resilience.Management;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.LeakWatchdog;

/// <summary>The history of the signals as JSON, the newest sample last, and what is suspected.</summary>
internal sealed class CountersPage(SampleHistory history, LeakSuspicions suspicions) : ManagementPage
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
        json.WriteStartArray("samples");
        foreach (var sample in history.Snapshot())
        {
            Write(json, sample);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Sample sample)
    {
        json.WriteStartObject();
        json.WriteString("time", sample.Time);
        json.WriteNumber("requests", sample.Requests);
        for (var index = 0; index < sample.Values.Length; index++)
        {
            json.WriteNumber(SignalCatalog.All[index].Name, sample.Values[index]);
        }

        json.WriteEndObject();
    }
}

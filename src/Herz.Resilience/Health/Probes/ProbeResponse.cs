using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Herz.Resilience.Health.Probes;

/// <summary>A probe over HTTP, independent of the server: parameters in, a response out. Names and states only, no descriptions, which may contain secrets.</summary>
/// <param name="Status">The status code.</param>
/// <param name="ContentType">The type of the body.</param>
/// <param name="Body">The body.</param>
internal sealed record ProbeResponse(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    private const string Json = "application/json";
    private const string Text = "text/plain; charset=utf-8";

    /// <param name="probe">Answers the probe.</param>
    /// <param name="kind">The probe that the path names; null if the query does.</param>
    /// <param name="query">The parameters.</param>
    /// <param name="wantsJson">Whether the client asked for JSON, which then also replaces the text of <c>?verbose</c>.</param>
    public static ProbeResponse Of(HealthProbe probe, ProbeKind? kind, IEnumerable<KeyValuePair<string, StringValues>> query, bool wantsJson)
    {
        if (ProbeQuery.Parse(kind, query, out var mistake) is not { } parsed)
        {
            return new(StatusCodes.Status400BadRequest, Json, Write(json => json.WriteString("error", mistake)));
        }

        var answer = probe.Ask(parsed.Kind, parsed.Excluded);
        var status = answer.Passed ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return parsed.IsVerbose && !wantsJson
            ? new(status, Text, Encoding.UTF8.GetBytes(Lines(answer, parsed)))
            : new(status, Json, Write(json => WriteAnswer(json, answer)));
    }

    // The form of the Kubernetes API server's ?verbose, which its users know.
    private static string Lines(ProbeAnswer answer, ProbeQuery query)
    {
        var text = new StringBuilder();
        foreach (var check in answer.Checks)
        {
            var passes = check.Status is CheckStatus.Healthy or CheckStatus.Degraded;
            text.Append(passes ? "[+]" : "[-]").Append(check.Name)
                .Append(check.Status switch
                {
                    CheckStatus.Healthy => " ok",
                    CheckStatus.Degraded => " degraded",
                    CheckStatus.Pending => " failed: it has not run yet",
                    _ => " failed: reason withheld",
                })
                .Append(!passes && check.Impact != HealthImpact.Unready ? $" (impact: {check.Impact})" : "")
                .Append(check.Text is { } note ? $": {note}" : "")
                .Append(check.StaleFor is { } age ? $" (the last result is {Seconds(age)} s old)" : "")
                .Append('\n');
        }

        foreach (var name in query.Excluded)
        {
            text.Append("[ ]").Append(name.ReplaceLineEndings(" ")).Append(" excluded\n");
        }

        return text.Append(HealthMetrics.NameOf(answer.Kind)).Append(" check ").Append(answer.Passed ? "passed" : "failed").Append(": ").Append(answer.Status).Append('\n').ToString();
    }

    private static void WriteAnswer(Utf8JsonWriter json, ProbeAnswer answer)
    {
        json.WriteString("status", answer.Status);
        json.WriteString("probe", HealthMetrics.NameOf(answer.Kind));
        json.WriteStartArray("checks");
        foreach (var check in answer.Checks)
        {
            json.WriteStartObject();
            json.WriteString("name", check.Name);
            json.WriteString("status", NameOf(check.Status));
            if (check.Text is not null)
            {
                json.WriteString("text", check.Text);
            }

            if (check.StaleFor is { } age)
            {
                json.WriteNumber("ageSeconds", Math.Round(age.TotalSeconds));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string NameOf(CheckStatus status) => status switch
    {
        CheckStatus.Healthy => "healthy",
        CheckStatus.Degraded => "degraded",
        CheckStatus.Pending => "pending",
        _ => "unhealthy",
    };

    private static string Seconds(TimeSpan age) => age.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}

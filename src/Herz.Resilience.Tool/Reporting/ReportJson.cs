using System.Text.Json;
using System.Text.Json.Serialization;

namespace Herz.Resilience.Tool.Reporting;

/// <summary>Writes and reads reports as JSON.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true, Converters = [typeof(LatencyCountJson)], NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunReport))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>Writes a report to a file atomically.</summary>
    /// <exception cref="UsageException">The file cannot be written.</exception>
    public static void Write(RunReport report, string path) =>
        OutputFile.Write(path, "--json", JsonSerializer.SerializeToUtf8Bytes(report, Default.RunReport));

    /// <summary>Reads a report.</summary>
    /// <exception cref="UsageException">The file does not exist or is not a report.</exception>
    public static RunReport Read(string path)
    {
        try
        {
            var report = JsonSerializer.Deserialize(File.ReadAllBytes(path), Default.RunReport);
            return report is { Herz: 1 } ? report : throw new UsageException($"{path} is a report of another herz version; write it again with --json");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot read {path}: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new UsageException($"{path} is not a report that herz wrote with --json (line {e.LineNumber + 1})", e);
        }
    }
}

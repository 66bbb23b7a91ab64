using System.Text;
using System.Text.Json;

namespace Herz.Resilience.Health.Probes;

/// <summary>The pure core: whether a response comes from a health endpoint and is not the page that the app returns for any path.</summary>
internal static class HealthAnswer
{
    private const int LongestText = 256;

    // The words of Microsoft.Extensions.Diagnostics.HealthChecks, of draft-inadarei-api-health-check, and of hand-written endpoints.
    private static readonly string[] s_words =
        ["healthy", "degraded", "unhealthy", "ok", "okay", "up", "down", "pass", "fail", "warn", "alive", "live", "ready", "not ready", "starting", "success", "running"];

    public static bool Is(int status, string? contentType, ReadOnlySpan<byte> body)
    {
        if (status is not (200 or 204 or 207 or 218 or 500 or 503) || contentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true)
        {
            return false;
        }

        return IsWord(body) || HasStatus(body);
    }

    private static bool IsWord(ReadOnlySpan<byte> body)
    {
        if (body.Length is 0 or > LongestText)
        {
            return false;
        }

        var text = Encoding.UTF8.GetString(body).Trim().Trim('"', '.', '!');
        return s_words.Contains(text, StringComparer.OrdinalIgnoreCase);
    }

    private static bool HasStatus(ReadOnlySpan<byte> body)
    {
        try
        {
            var json = new Utf8JsonReader(body);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var named = json.ValueTextEquals("status") || json.ValueTextEquals("Status");
                json.Read();
                if (named)
                {
                    return json.TokenType == JsonTokenType.String && s_words.Contains(json.GetString(), StringComparer.OrdinalIgnoreCase);
                }

                json.Skip();
            }

            return false;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

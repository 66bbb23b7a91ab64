using System.Text.Json;

namespace Herz.Resilience.Tool.Http1;

/// <summary>Finds the problem type (RFC 9457) in the body of a refusal. Not thread-safe.</summary>
internal sealed class ProblemType
{
    private string? _last;

    /// <summary>The <c>type</c> of a JSON body, or null.</summary>
    public string? Read(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty || body[0] != '{')
        {
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(body, isFinalBlock: false, default);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
                {
                    var isType = reader.ValueTextEquals("type"u8);
                    if (!reader.Read())
                    {
                        return null;
                    }

                    if (isType && reader.TokenType == JsonTokenType.String)
                    {
                        // Refusals repeat, so the last string is reused.
                        return _last is not null && reader.ValueTextEquals(_last) ? _last : _last = reader.GetString();
                    }

                    reader.TrySkip();
                }
            }
        }
        catch (JsonException)
        {
            // The body may have any format; then it has no type.
        }

        return null;
    }
}

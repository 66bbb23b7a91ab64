using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Herz.Resilience.Configuration;

namespace Herz.Resilience.Tests.Reference;

/// <summary>Writes the JSON schema with which editors complete the section in appsettings.json.</summary>
internal static class SchemaWriter
{
    // hh:mm:ss, optionally with days before and a fraction after. A minus sign is allowed: the validator has the better error.
    private const string TimePattern = @"^-?(\d+\.)?([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,7})?$";

    private static readonly JsonSerializerOptions s_options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(OptionNode root)
    {
        var schema = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["type"] = "object",
            ["properties"] = new JsonObject { [HerzOptions.SectionName] = Describe(root) },
        };
        return schema.ToJsonString(s_options).ReplaceLineEndings("\n") + "\n";
    }

    private static JsonObject Describe(OptionNode node)
    {
        var schema = Shape(node);
        schema["description"] = string.Join(' ', new[] { node.Summary, node.Value }.Where(text => text.Length > 0));
        return schema;
    }

    private static JsonObject Shape(OptionNode node)
    {
        if (SectionReader.IsDictionary(node.Type, out _))
        {
            return new() { ["type"] = "object", ["additionalProperties"] = Describe(node.Children[0]) };
        }

        if (SectionReader.IsList(node.Type, out var element))
        {
            return new() { ["type"] = "array", ["items"] = node.IsLeaf ? Scalar(element, null) : Describe(node.Children[0]) };
        }

        if (node.IsLeaf)
        {
            return Scalar(node.Type, node.Default);
        }

        var properties = new JsonObject();
        foreach (var child in node.Children)
        {
            properties[child.Key.Split(':')[^1]] = Describe(child);
        }

        return new() { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
    }

    private static JsonObject Scalar(Type type, object? value)
    {
        var underlying = Nullable.GetUnderlyingType(type) ?? type;
        var name = underlying == typeof(bool) ? "boolean"
            : underlying == typeof(double) ? "number"
            : underlying == typeof(int) || underlying == typeof(long) ? "integer"
            : "string";
        var isNullable = underlying != type || (type == typeof(string) && value is null);
        var schema = new JsonObject { ["type"] = isNullable ? new JsonArray(name, "null") : name };
        if (underlying.IsEnum)
        {
            schema["enum"] = new JsonArray([.. Enum.GetNames(underlying).Select(each => JsonValue.Create(each)), .. isNullable ? new JsonNode?[] { null } : []]);
        }
        else if (underlying == typeof(TimeSpan))
        {
            schema["pattern"] = TimePattern;
        }

        if (value is not null)
        {
            schema["default"] = name is "string" ? JsonValue.Create(OptionTree.Show(value)) : JsonNode.Parse(OptionTree.Show(value));
        }

        return schema;
    }
}

using System.Globalization;
using System.Reflection;
using System.Xml.Linq;
using Herz.Resilience.Configuration;

namespace Herz.Resilience.Tests.Reference;

/// <summary>One key of the section, from the options types and their documentation.</summary>
/// <param name="Key">The key below the section; <c>*</c> is any name, <c>0</c> any list index.</param>
/// <param name="Type">The type of the value.</param>
/// <param name="Default">The default value; null if there is none.</param>
/// <param name="Summary">The purpose of the key.</param>
/// <param name="Value">The documentation of the default.</param>
/// <param name="Children">The keys below it.</param>
internal sealed record OptionNode(string Key, Type Type, object? Default, string Summary, string Value, IReadOnlyList<OptionNode> Children)
{
    public bool IsLeaf => Children.Count == 0;

    public IEnumerable<OptionNode> Leaves => IsLeaf ? [this] : Children.SelectMany(child => child.Leaves);
}

/// <summary>Walks the options types as the section reader does.</summary>
internal sealed class OptionTree
{
    private readonly Dictionary<string, XElement> _docs = XDocument
        .Load(Path.ChangeExtension(typeof(HerzOptions).Assembly.Location, ".xml"))
        .Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);

    public static OptionNode Read() => new OptionTree().Walk("", typeof(HerzOptions), new HerzOptions(), "All of Herz.Resilience.", "");

    private OptionNode Walk(string key, Type type, object? value, string summary, string documented)
    {
        if (SectionReader.IsDictionary(type, out var entry))
        {
            return ScalarReader.Handles(entry)
                ? new(key, type, null, summary, documented, [Walk($"{key}:*", entry, null, summary, documented)])
                : new(key, type, null, summary, documented, [Walk($"{key}:*", entry, Activator.CreateInstance(entry), "One entry, by its name.", "")]);
        }

        if (SectionReader.IsList(type, out var element))
        {
            return ScalarReader.Handles(element)
                ? new(key, type, null, summary, documented, [])
                : new(key, type, null, summary, documented, [Walk($"{key}:0", element, Activator.CreateInstance(element), "One entry.", "")]);
        }

        return ScalarReader.Handles(type)
            ? new(key, type, value, summary, documented, [])
            : new(key, type, value, summary, documented, [.. SectionReader.Readable(type).Select(property => Walk(
                key.Length == 0 ? property.Name : $"{key}:{property.Name}", property.PropertyType, property.GetValue(value), Doc(property, "summary"), Doc(property, "value")))]);
    }

    private string Doc(PropertyInfo property, string part) =>
        _docs.TryGetValue($"P:{property.DeclaringType!.FullName}.{property.Name}", out var member) && member.Element(part) is { } text ? Flatten(text) : "";

    private static string Flatten(XElement element)
    {
        var parts = element.Nodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" } see => see.Attribute("langword")?.Value ?? Last(see.Attribute("cref")!.Value),
            XElement { Name.LocalName: "paramref" } reference => reference.Attribute("name")!.Value,
            XElement inner => inner.Value,
            _ => "",
        });
        return string.Join(' ', string.Concat(parts).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Last(string reference)
    {
        var parts = reference[2..].Split('(')[0].Split('.');
        return reference[0] == 'F' ? parts[^1] : parts[^1].Replace("Options", "", StringComparison.Ordinal);
    }

    public static string Show(object? value) => value switch
    {
        null => "null",
        TimeSpan time => time.ToString(time.Milliseconds == 0 ? @"hh\:mm\:ss" : @"hh\:mm\:ss\.fff", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}

using System.Collections;
using System.Reflection;
using Herz.Resilience.Configuration;
using Herz.Resilience.Hosting;

namespace Herz.Resilience.Tests.Configuration;

/// <summary>Sets every property of the whole tree to null in code, including those of list entries and dictionary values.</summary>
public sealed class NullTests
{
    private static readonly NullabilityInfoContext s_nullability = new();

    public static TheoryData<string> Paths => [.. Properties(Filled(), "Herz").Select(static property => property.Path)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Null_WhereTheOptionsNeedAValue_IsReported(string path)
    {
        var options = Filled();
        var (_, owner, property) = Properties(options, "Herz").Single(found => found.Path == path);
        property.SetValue(owner, null);

        var result = new HerzOptionsValidator().Validate(null, options);

        var named = result.Failures?.Any(failure => failure.StartsWith($"{path} is null; expected ", StringComparison.Ordinal)) ?? false;
        var required = property.Name is "Pattern" || path.EndsWith("Overrides:0:Key", StringComparison.Ordinal);
        var allowed = s_nullability.Create(property).WriteState == NullabilityState.Nullable && !required;
        Assert.Equal(!allowed, named);
    }

    [Fact]
    public void Tree_OfTheOptions_HasPropertiesOfEveryKind()
    {
        var paths = Properties(Filled(), "Herz").Select(static property => property.Path).ToList();

        Assert.Contains("Herz:LoadShedding:Routes", paths);
        Assert.Contains("Herz:LoadShedding:Routes:0:Pattern", paths);
        Assert.Contains("Herz:RateLimiting:Policies:some:Overrides:0:Key", paths);
        Assert.Contains("Herz:Health:Path", paths);
    }

    // One entry in every list and dictionary.
    private static HerzOptions Filled()
    {
        var options = new HerzOptions();
        Fill(options);
        return options;
    }

    private static void Fill(object target)
    {
        foreach (var property in SectionReader.Readable(target.GetType()).Where(static property => !ScalarReader.Handles(property.PropertyType)))
        {
            var value = property.GetValue(target)!;
            if (SectionReader.IsDictionary(property.PropertyType, out var valueType))
            {
                ((IDictionary)value)["some"] = New(valueType);
            }
            else if (SectionReader.IsList(property.PropertyType, out var elementType))
            {
                // The empty list of a collection expression may be an array.
                var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(elementType))!;
                list.Add(New(elementType));
                property.SetValue(target, list);
            }
            else
            {
                Fill(value);
            }
        }
    }

    private static object New(Type type)
    {
        if (type == typeof(string))
        {
            return "/some";
        }

        var entry = Activator.CreateInstance(type)!;
        Fill(entry);
        type.GetProperty("Pattern")?.SetValue(entry, "/some");
        return entry;
    }

    private static IEnumerable<(string Path, object Owner, PropertyInfo Property)> Properties(object target, string path)
    {
        foreach (var property in SectionReader.Readable(target.GetType()))
        {
            var name = $"{path}:{property.Name}";
            if (!property.PropertyType.IsValueType)
            {
                yield return (name, target, property);
            }

            if (!ScalarReader.Handles(property.PropertyType))
            {
                foreach (var inner in Inside(property.GetValue(target)!, name))
                {
                    yield return inner;
                }
            }
        }
    }

    private static IEnumerable<(string Path, object Owner, PropertyInfo Property)> Inside(object value, string path) => value switch
    {
        IDictionary entries => entries.Keys.Cast<string>().SelectMany(key => Properties(entries[key]!, $"{path}:{key}")),
        IList list => list.Cast<object>().SelectMany((entry, index) => entry is string ? [] : Properties(entry, $"{path}:{index}")),
        _ => Properties(value, path),
    };
}

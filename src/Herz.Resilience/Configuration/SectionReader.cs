using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Herz.Resilience.Configuration;

/// <summary>
/// Reads the section into the options and collects every mistake with its full key.
/// The framework's binder stops at the first wrong value, ignores unknown keys, and reads "15" as fifteen days.
/// </summary>
internal static class SectionReader
{
    public static void Read(IConfigurationSection section, object options, ConfigurationErrors errors)
    {
        if (section.Value is { Length: > 0 } value)
        {
            errors.AddUnread(section.Path, $"is \"{value}\"; expected an object with the keys {Keys(options.GetType())}");
        }

        ReadObject(section, options, errors);
    }

    private static void ReadObject(IConfigurationSection section, object target, ConfigurationErrors errors)
    {
        foreach (var child in section.GetChildren())
        {
            var property = Find(target.GetType(), child.Key);
            if (property is null)
            {
                errors.AddUnread(child.Path, $"is not a known key; expected one of {Keys(target.GetType())}");
            }
            else if (TryRead(child, property.PropertyType, property.GetValue(target), errors, out var result))
            {
                property.SetValue(target, result);
            }
        }
    }

    private static bool TryRead(IConfigurationSection section, Type type, object? current, ConfigurationErrors errors, out object? result)
    {
        result = current;
        if (ScalarReader.Handles(type))
        {
            return TryReadScalar(section, type, errors, out result);
        }

        if (section.Value is { Length: > 0 } scalar)
        {
            errors.AddUnread(section.Path, $"is \"{scalar}\"; expected {Shape(type)}");
            return false;
        }

        if (IsDictionary(type, out var valueType))
        {
            result = ReadDictionary(section, type, valueType, errors);
            return true;
        }

        if (IsList(type, out var elementType))
        {
            result = ReadList(section, elementType, errors);
            return true;
        }

        result = current ?? Activator.CreateInstance(type)!;
        ReadObject(section, result, errors);
        return true;
    }

    private static bool TryReadScalar(IConfigurationSection section, Type type, ConfigurationErrors errors, out object? result)
    {
        if (section.GetChildren().Any())
        {
            errors.AddUnread(section.Path, $"is an object or a list; expected {ScalarReader.Expected(type)}");
            result = null;
            return false;
        }

        if (ScalarReader.TryRead(section.Value, type, out result))
        {
            return true;
        }

        errors.AddUnread(section.Path, $"is {ConfigurationErrors.Show(section.Value)}; expected {ScalarReader.Expected(type)}");
        return false;
    }

    private static IDictionary ReadDictionary(IConfigurationSection section, Type type, Type valueType, ConfigurationErrors errors)
    {
        var dictionary = (IDictionary)Activator.CreateInstance(
            typeof(Dictionary<,>).MakeGenericType(typeof(string), valueType), StringComparer.OrdinalIgnoreCase)!;
        foreach (var child in section.GetChildren())
        {
            if (child.Value is null && ScalarReader.Handles(valueType) && !child.GetChildren().Any())
            {
                // "Api": null keeps the default of this name.
                continue;
            }

            if (TryRead(child, valueType, Fresh(valueType), errors, out var value) || !ScalarReader.Handles(valueType))
            {
                dictionary[child.Key] = value ?? Fresh(valueType);
            }
        }

        return dictionary;
    }

    private static IList ReadList(IConfigurationSection section, Type elementType, ConfigurationErrors errors)
    {
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(elementType))!;
        foreach (var child in section.GetChildren())
        {
            // After a gap in the numbering, errors of an entry would be reported with a wrong number.
            if (child.Key != list.Count.ToString(CultureInfo.InvariantCulture))
            {
                errors.AddUnread(child.Path, $"is not an entry of the list; expected {section.Path}:{list.Count}, or a list: [ … ]");
            }
            else
            {
                _ = TryRead(child, elementType, Fresh(elementType), errors, out var value);
                list.Add(value ?? Fresh(elementType));
            }
        }

        return list;
    }

    private static object? Fresh(Type type) => type == typeof(string) ? null : Activator.CreateInstance(type);

    private static PropertyInfo? Find(Type type, string key) =>
        Readable(type).FirstOrDefault(property => property.Name.Equals(key, StringComparison.OrdinalIgnoreCase));

    /// <summary>The properties that are keys of the section. Delegates are set only in code.</summary>
    internal static IEnumerable<PropertyInfo> Readable(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true } && !typeof(Delegate).IsAssignableFrom(property.PropertyType));

    private static string Keys(Type type) => string.Join(", ", Readable(type).Select(property => property.Name));

    private static string Shape(Type type) =>
        IsList(type, out _) ? "a list: [ … ]" : IsDictionary(type, out _) ? "an object of named entries: { … }" : $"an object with the keys {Keys(type)}";

    internal static bool IsDictionary(Type type, out Type valueType) => IsGeneric(type, typeof(IDictionary<,>), 1, out valueType);

    internal static bool IsList(Type type, out Type elementType) => IsGeneric(type, typeof(IList<>), 0, out elementType);

    private static bool IsGeneric(Type type, Type definition, int argument, out Type result)
    {
        var match = type.IsGenericType && type.GetGenericTypeDefinition() == definition;
        result = match ? type.GetGenericArguments()[argument] : typeof(object);
        return match;
    }
}

using System.Collections;
using System.Globalization;

namespace Herz.Resilience.Configuration;

/// <summary>
/// Finds nulls that a configure lambda has set anywhere in the tree where the options need an object, a list or a dictionary.
/// Validators and features therefore never get such a null.
/// </summary>
internal static class NullCheck
{
    /// <returns>Whether there is no such null.</returns>
    public static bool Check(string key, object? value, Type type, ConfigurationErrors errors)
    {
        if (value is null)
        {
            errors.Add(key, null, SectionReader.IsList(type, out _) ? "a list; leave the key out for the default" : "an object; leave the key out for the default");
            return false;
        }

        return SectionReader.IsDictionary(type, out var valueType) ? CheckEntries(key, value as IDictionary, valueType, errors)
            : SectionReader.IsList(type, out var elementType) ? CheckElements(key, (IEnumerable)value, elementType, errors)
            : CheckProperties(key, value, errors);
    }

    private static bool CheckProperties(string key, object value, ConfigurationErrors errors)
    {
        var passed = true;
        foreach (var property in SectionReader.Readable(value.GetType()))
        {
            if (!ScalarReader.Handles(property.PropertyType))
            {
                passed &= Check($"{key}:{property.Name}", property.GetValue(value), property.PropertyType, errors);
            }
        }

        return passed;
    }

    private static bool CheckEntries(string key, IDictionary? entries, Type type, ConfigurationErrors errors)
    {
        var passed = true;
        foreach (DictionaryEntry entry in entries ?? new Hashtable())
        {
            passed &= ScalarReader.Handles(type) || Check($"{key}:{entry.Key}", entry.Value, type, errors);
        }

        return passed;
    }

    private static bool CheckElements(string key, IEnumerable elements, Type type, ConfigurationErrors errors)
    {
        var (passed, index) = (true, 0);
        foreach (var element in elements)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{key}:{index++}");
            passed &= ScalarReader.Handles(type) || Check(path, element, type, errors);
        }

        return passed;
    }
}

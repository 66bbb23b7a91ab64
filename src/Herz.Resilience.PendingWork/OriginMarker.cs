using System.Reflection;

namespace Herz.Resilience.PendingWork;

/// <summary>
/// Defines which objects in an <see cref="AsyncLocal{T}"/> identify the origin of work, and how a capture reads them.
/// </summary>
/// <remarks>
/// A capture reads the token from memory and never calls it, so label and id must be fields or auto-properties.
/// A path follows references, for example <c>Endpoint.DisplayName</c>.
/// </remarks>
public sealed class OriginMarker
{
    /// <summary>Marks <paramref name="tokenType"/> as an origin token.</summary>
    /// <param name="tokenType">The exact type of the token; a class.</param>
    /// <param name="label">The path of fields or auto-properties to a <see cref="string"/>. If a value on the path is null, the token is ignored.</param>
    /// <param name="id">The path to an <see cref="int"/> or <see cref="long"/>; null if the token has no id.</param>
    /// <exception cref="ArgumentException">The type is not a class, or a path does not lead to a value of the required type.</exception>
    public OriginMarker(Type tokenType, string label, string? id = null)
    {
        ArgumentNullException.ThrowIfNull(tokenType);
        ArgumentException.ThrowIfNullOrWhiteSpace(label);
        if (!tokenType.IsClass || tokenType.ContainsGenericParameters || tokenType.IsArray || tokenType == typeof(string))
        {
            throw new ArgumentException($"An origin token must be a class without open type parameters, and not an array or string; {tokenType} does not qualify.", nameof(tokenType));
        }

        TokenType = tokenType;
        LabelPath = Follow(tokenType, label, nameof(label), static end => end == typeof(string), "a string");
        IdPath = id is null ? [] : Follow(tokenType, id, nameof(id), static end => end == typeof(int) || end == typeof(long), "an int or a long");
    }

    /// <summary>The exact type of the token.</summary>
    public Type TokenType { get; }

    internal FieldInfo[] LabelPath { get; }

    internal FieldInfo[] IdPath { get; }

    private static FieldInfo[] Follow(Type start, string path, string argument, Predicate<Type> isEnd, string wanted)
    {
        var names = path.Split('.');
        var fields = new FieldInfo[names.Length];
        var at = start;
        for (var i = 0; i < names.Length; i++)
        {
            fields[i] = FieldOf(at, names[i])
                ?? throw new ArgumentException($"{at} has no instance field or auto-property '{names[i]}' (in '{path}').", argument);
            at = fields[i].FieldType;
            if (i < names.Length - 1 && !at.IsClass)
            {
                throw new ArgumentException($"'{names[i]}' (in '{path}') has type {at}; every step of a path before the last must be a class.", argument);
            }
        }

        return isEnd(at) ? fields : throw new ArgumentException($"'{path}' leads to {at}; it must lead to {wanted}.", argument);
    }

    private static FieldInfo? FieldOf(Type? type, string name)
    {
        const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        for (; type is not null; type = type.BaseType)
        {
            if ((type.GetField(name, Declared) ?? type.GetField($"<{name}>k__BackingField", Declared) ?? type.GetField($"{name}@", Declared)) is { } field)
            {
                return field;
            }
        }

        return null;
    }
}

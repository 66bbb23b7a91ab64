using System.Text;

namespace Herz.Resilience.PendingWork.Naming;

/// <summary>Names types as in the source code.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(char)] = "char",
        [typeof(decimal)] = "decimal",
        [typeof(double)] = "double",
        [typeof(float)] = "float",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(object)] = "object",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(string)] = "string",
        [typeof(uint)] = "uint",
        [typeof(ulong)] = "ulong",
        [typeof(ushort)] = "ushort",
        [typeof(void)] = "void",
    };

    /// <summary>The name with namespace, nesting and type arguments: <c>Orders.Repository&lt;int&gt;.Cache</c>.</summary>
    public static string Full(Type type) => Name(type, type.IsGenericType ? type.GetGenericArguments() : [], withNamespace: true);

    /// <summary>The name without its namespace: <c>List&lt;Order&gt;</c>.</summary>
    public static string Short(Type type) => Name(type, type.IsGenericType ? type.GetGenericArguments() : [], withNamespace: false);

    /// <summary>The name of a type that declares a method on a stack, where type arguments are unknown: <c>Repository&lt;T&gt;</c>.</summary>
    public static string Declaring(Type? type, bool withNamespace)
    {
        var definition = type is { IsGenericType: true } ? type.GetGenericTypeDefinition() : type;
        return definition is null ? "" : Name(definition, definition.IsGenericType ? definition.GetGenericArguments() : [], withNamespace);
    }

    /// <summary>The name of a type, with the first <paramref name="arguments"/> for its generic parameters.</summary>
    public static string Name(Type type, ReadOnlySpan<Type> arguments, bool withNamespace)
    {
        if (s_keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }

        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!, arguments, withNamespace)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        var text = new StringBuilder();
        if (type.DeclaringType is { } outer)
        {
            // Compiler-generated closures and iterators have no source name.
            text.Append(Name(outer, arguments, withNamespace));
            if (type.Name.StartsWith('<'))
            {
                return text.ToString();
            }

            text.Append('.');
        }
        else if (withNamespace && type.Namespace is { Length: > 0 } space)
        {
            text.Append(space).Append('.');
        }

        // An F# closure is named after its function and line, "load@12-1", and a generic type after the number of its parameters.
        var end = type.Name.AsSpan().IndexOfAny('`', '@');
        text.Append(end <= 0 ? type.Name : type.Name[..end]);
        var inherited = type.DeclaringType is { IsGenericType: true } declaring ? declaring.GetGenericArguments().Length : 0;
        var own = type.IsGenericType ? type.GetGenericArguments().Length : 0;
        AppendArguments(text, arguments[Math.Min(inherited, arguments.Length)..Math.Min(own, arguments.Length)]);
        return text.ToString();
    }

    /// <summary>Appends <c>&lt;int, Order&gt;</c>, or nothing if there are none.</summary>
    public static void AppendArguments(StringBuilder text, ReadOnlySpan<Type> arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            text.Append(i == 0 ? "<" : ", ").Append(Short(arguments[i]));
        }

        if (arguments.Length > 0)
        {
            text.Append('>');
        }
    }
}

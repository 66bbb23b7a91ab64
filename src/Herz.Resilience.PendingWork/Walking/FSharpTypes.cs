using System.Reflection;
using Herz.Resilience.PendingWork.Naming;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Walking;

/// <summary>
/// The types of F# <c>async</c>, by name, because this library does not refer to FSharp.Core. Each step of a computation has an
/// <c>AsyncActivationContents</c> with a continuation. The continuation is a closure that refers to the rest of the function
/// (<c>part2</c>) and to the activation of the caller (<c>ctxt</c>). Source: dotnet/fsharp, FSharp.Core/async.fs.
/// </summary>
internal static class FSharpTypes
{
    private const string Library = "FSharp.Core";
    private const string ContentsName = "Microsoft.FSharp.Control.AsyncActivationContents`1";
    private const string ActivationName = "Microsoft.FSharp.Control.AsyncActivation`1";
    private const string FunctionName = "Microsoft.FSharp.Core.FSharpFunc`2";
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>The layout of an activation or of a closure; null for other types.</summary>
    public static HeapType? Read(Type type)
    {
        if (IsNamed(type, ContentsName))
        {
            return FieldLayout.Find(type, "cont@") is { } continuation
                ? new HeapType
                {
                    Role = HeapRole.FSharpActivation,
                    Name = "an F# async",
                    Kind = PendingKind.AsyncMethod,
                    Continuation = FieldLayout.InObject(continuation),
                    Needed = FieldLayout.InObject(continuation) + sizeof(ulong),
                }
                : null;
        }

        return IsClosure(type) ? Closure(type) : null;
    }

    private static HeapType Closure(Type type)
    {
        var references = new List<int>();
        var functions = new List<int>();
        var caller = -1;
        foreach (var field in type.GetFields(Fields))
        {
            FieldLayout.References(field.FieldType, FieldLayout.InObject(field), references);
            if (IsNamed(field.FieldType, ActivationName) && FieldLayout.Find(field.FieldType, "contents") is { } contents)
            {
                caller = FieldLayout.InObject(field) + FieldLayout.Of(contents);
            }
            else if (IsNamed(field.FieldType, FunctionName))
            {
                functions.Add(FieldLayout.InObject(field));
            }
        }

        return new HeapType
        {
            Role = HeapRole.None,
            Name = TypeNames.Full(type),
            Follow = [.. references],
            Functions = [.. functions],
            Caller = caller,
            IsAppFunction = type.Assembly.GetName().Name != Library,
        };
    }

    // "load@12-1": the compiler names a closure after its function. User code does not write such names.
    private static bool IsClosure(Type type) => type.Name.Contains('@', StringComparison.Ordinal) && type.IsClass;

    private static bool IsNamed(Type type, string name) => type.IsGenericType && type.GetGenericTypeDefinition().FullName == name;
}

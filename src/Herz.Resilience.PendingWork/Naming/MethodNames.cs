using System.Reflection;
using System.Text;

namespace Herz.Resilience.PendingWork.Naming;

/// <summary>Finds the source method of a compiler-generated state machine.</summary>
internal static class MethodNames
{
    private const string VisualBasicPrefix = "VB$StateMachine_";

    /// <summary>
    /// Names the source method: <c>&lt;LoadAsync&gt;d__5</c> in <c>Repository</c> becomes <c>Repository.LoadAsync</c>, a lambda in it
    /// <c>Repository.LoadAsync.lambda</c>, and a local function <c>Save</c> in it <c>Repository.LoadAsync.Save</c>.
    /// </summary>
    public static string Of(Type stateMachine)
    {
        var sourceName = SourceName(WithoutArity(stateMachine.Name));
        if (sourceName is null)
        {
            return TypeNames.Full(stateMachine);
        }

        var owner = stateMachine.DeclaringType;
        var arguments = stateMachine.IsGenericType ? stateMachine.GetGenericArguments() : [];
        var text = new StringBuilder();
        var taken = 0;
        if (owner is not null)
        {
            taken = Math.Min(owner.IsGenericType ? owner.GetGenericArguments().Length : 0, arguments.Length);
            text.Append(TypeNames.Name(owner, arguments.AsSpan(0, taken), withNamespace: true)).Append('.');
        }

        text.Append(sourceName);

        // The closure of a lambda in a generic method has the method's type parameters. They count as the owner's and are omitted.
        TypeNames.AppendArguments(text, arguments.AsSpan(taken));
        return text.ToString();
    }

    /// <summary>
    /// Names a method on a stack: <c>MoveNext</c> of a state machine becomes its source method,
    /// <c>&lt;Load&gt;b__5</c> in a closure of <c>Repository</c> becomes <c>Repository.Load.lambda</c>.
    /// </summary>
    public static string Of(MethodBase method)
    {
        var owner = method.DeclaringType;
        if (owner is not null && method.Name == "MoveNext" && owner.Name.StartsWith('<'))
        {
            return Of(owner.IsGenericType ? owner.GetGenericTypeDefinition() : owner);
        }

        var name = method.Name.StartsWith('<') ? SourceName(method.Name) ?? method.Name : method.Name;
        return owner is null ? name : $"{TypeNames.Declaring(owner, withNamespace: true)}.{name}";
    }

    /// <summary>The source name between the outer brackets of <c>&lt;…&gt;x__n</c>, or before the <c>@</c> of F#; null for other names.</summary>
    private static string? SourceName(string name)
    {
        if (name.StartsWith(VisualBasicPrefix, StringComparison.Ordinal))
        {
            var end = name.IndexOf('_', VisualBasicPrefix.Length);
            return end < 0 ? null : name[(end + 1)..];
        }

        // F# writes "load@12-1": the method and the line number.
        if (name.IndexOf('@', StringComparison.Ordinal) is var at and > 0)
        {
            return name[..at];
        }

        var close = ClosingBracket(name);
        if (close < 0)
        {
            return null;
        }

        var inner = name[1..close];
        var suffix = name.AsSpan(close + 1);
        var method = inner.StartsWith('<') ? SourceName(inner) ?? inner : inner.Replace('-', '.');
        method = method.TrimEnd('$');
        if (suffix.StartsWith("b__"))
        {
            return method + ".lambda";
        }

        // "g__Save|0_1": a local function.
        if (suffix.StartsWith("g__"))
        {
            var bar = suffix.IndexOf('|');
            return $"{method}.{suffix[3..(bar < 0 ? suffix.Length : bar)]}";
        }

        return method;
    }

    private static int ClosingBracket(string name)
    {
        var depth = 0;
        for (var i = 0; i < name.Length; i++)
        {
            depth += name[i] switch { '<' => 1, '>' => -1, _ => 0 };
            if (depth == 0)
            {
                return i == 0 ? -1 : i;
            }
        }

        return -1;
    }

    private static string WithoutArity(string name)
    {
        var tick = name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? name : name[..tick];
    }
}

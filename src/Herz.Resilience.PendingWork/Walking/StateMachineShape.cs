using System.Reflection;
using System.Runtime.CompilerServices;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Walking;

/// <summary>
/// The offsets of the compiler-generated fields of a state machine, from its first field. The state machine of an F# task has no
/// state for running or ended, and keeps its awaiters after use.
/// </summary>
internal sealed record StateMachineShape(int State, int[] Awaiters, int BuilderBox, PendingKind Kind, int Size, bool KeepsAwaiters)
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    public static StateMachineShape Of(Type machine)
    {
        var state = -1;
        var builderBox = -1;
        var kind = PendingKind.AsyncMethod;
        var awaiters = new List<int>();
        var isFSharp = machine.GetField("ResumptionPoint", Fields) is not null;
        foreach (var field in machine.GetFields(Fields))
        {
            // C# writes <>1__state, <>u__1 and <>t__builder; Visual Basic $State, $A0 and $Builder.
            if (field.Name is "<>1__state" or "$State")
            {
                state = FieldLayout.Of(field);
            }
            else if (field.Name is "<>t__builder" or "$Builder")
            {
                kind = field.FieldType == typeof(AsyncVoidMethodBuilder) ? PendingKind.AsyncVoid : kind;
                builderBox = Box(field);
            }
            else if (field.Name.StartsWith("<>u__", StringComparison.Ordinal) || field.Name.StartsWith("$A", StringComparison.Ordinal)
                || (isFSharp && typeof(INotifyCompletion).IsAssignableFrom(field.FieldType)))
            {
                FieldLayout.References(field.FieldType, FieldLayout.Of(field), awaiters);
            }
        }

        var size = Math.Max(Math.Max(state + sizeof(int), builderBox + sizeof(ulong)), awaiters.Count == 0 ? 0 : awaiters.Max() + sizeof(ulong));
        return new StateMachineShape(state, [.. awaiters], builderBox, kind, size, isFSharp);
    }

    // The builder or the builder inside it has one task field.
    private static int Box(FieldInfo builder)
    {
        var at = FieldLayout.Of(builder);
        var type = builder.FieldType;
        while (type.IsValueType)
        {
            if (FieldLayout.Find(type, "m_task") is { } task)
            {
                return at + FieldLayout.Of(task);
            }

            if (FieldLayout.Find(type, "_methodBuilder") is not { } inner)
            {
                return -1;
            }

            at += FieldLayout.Of(inner);
            type = inner.FieldType;
        }

        return -1;
    }
}

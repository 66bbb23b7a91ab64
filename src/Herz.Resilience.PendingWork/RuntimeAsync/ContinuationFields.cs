using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.RuntimeAsync;

/// <summary>
/// The fields of the framework's <c>Continuation</c>, the saved frame of a waiting runtime-async method. In .NET 10 it holds the
/// address of a resume stub, and its references in an array. In .NET 11 it points to a <c>ResumeInfo</c>, and the runtime creates
/// derived types at run time that hold the data.
/// </summary>
internal sealed class ContinuationFields
{
    private const string Namespace = "System.Runtime.CompilerServices.";

    private ContinuationFields(Type type, int next, int state)
    {
        Type = type;
        Next = next;
        End = state + sizeof(int);
    }

    public Type Type { get; }

    /// <summary>The method table of <see cref="Type"/>, the parent of the types that the runtime creates.</summary>
    public ulong Table => (ulong)Type.TypeHandle.Value;

    /// <summary>The continuation of the calling method.</summary>
    public int Next { get; }

    /// <summary>The address of the resume stub, or of the <c>ResumeInfo</c>.</summary>
    public int Resume { get; private init; }

    /// <summary>The array of references; -1 if the references follow the fields.</summary>
    public int References { get; private init; } = -1;

    /// <summary>The address of the code that waits, from the start of a <c>ResumeInfo</c>; -1 if <see cref="Resume"/> is a resume stub.</summary>
    public int CodeInInfo { get; private init; } = -1;

    /// <summary>The end of the fields of <see cref="Type"/>.</summary>
    public int End { get; }

    /// <summary>Reads the fields; null if this framework has no runtime-async, or an unknown form of it.</summary>
    public static ContinuationFields? Find()
    {
        var type = typeof(object).Assembly.GetType(Namespace + "Continuation");
        if (FieldLayout.Find(type, "Next") is not { } next || FieldLayout.Find(type, "State") is not { } state)
        {
            return null;
        }

        if (FieldLayout.Find(type, "Resume") is { } stub && FieldLayout.Find(type, "GCData") is { } references)
        {
            return new ContinuationFields(type!, FieldLayout.InObject(next), FieldLayout.InObject(state))
            {
                Resume = FieldLayout.InObject(stub),
                References = FieldLayout.InObject(references),
            };
        }

        var code = FieldLayout.Find(typeof(object).Assembly.GetType(Namespace + "ResumeInfo"), "DiagnosticIP");
        return FieldLayout.Find(type, "ResumeInfo") is { } info && code is not null
            ? new ContinuationFields(type!, FieldLayout.InObject(next), FieldLayout.InObject(state)) { Resume = FieldLayout.InObject(info), CodeInInfo = FieldLayout.Of(code) }
            : null;
    }
}

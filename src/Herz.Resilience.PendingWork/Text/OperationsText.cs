using System.Globalization;

namespace Herz.Resilience.PendingWork.Text;

/// <summary>Writes each chain of operations with its stack and origin, like Go's <c>debug=2</c>.</summary>
internal static class OperationsText
{
    public static void Write(PendingWorkProfile profile, TextWriter writer)
    {
        ProfileHead.Write(profile, writer);
        var number = 0;
        foreach (var operation in profile.Operations)
        {
            if (!operation.IsInnermost)
            {
                continue;
            }

            writer.Write("\noperation ");
            writer.Write((++number).ToString(CultureInfo.InvariantCulture));
            writer.Write($" [{operation.Kind}, {ProfileHead.Describe(operation.State, operation.Awaits)}]:\n");
            foreach (var method in operation.Stack.Methods())
            {
                writer.Write($"{method}\n");
            }

            if (operation.Origin is { } origin)
            {
                writer.Write($"created by {origin}\n");
            }
        }
    }
}

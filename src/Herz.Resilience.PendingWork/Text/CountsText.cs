using System.Globalization;

namespace Herz.Resilience.PendingWork.Text;

/// <summary>Counts by stack, as Go's <c>debug=1</c>.</summary>
internal static class CountsText
{
    private const string Between = " <- ";

    public static void Write(PendingWorkProfile profile, TextWriter writer)
    {
        ProfileHead.Write(profile, writer);
        foreach (var group in profile.ByStack())
        {
            writer.Write('\n');
            writer.Write(group.Count.ToString(CultureInfo.InvariantCulture));
            writer.Write($" {group.Kind} {ProfileHead.Describe(group.State, group.Awaits)}\n");
            foreach (var method in group.Stack!.Split(Between))
            {
                writer.Write($"#\t{method}\n");
            }
        }
    }
}

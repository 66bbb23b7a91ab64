using System.Globalization;

namespace Herz.Resilience.PendingWork.Text;

/// <summary>Writes counts by stack, like Go's <c>debug=1</c>.</summary>
internal static class CountsText
{
    private const int MaxTypes = 30;
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

        foreach (var type in profile.HeapByType.Take(MaxTypes))
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"\nheap: {type.Bytes} bytes in {type.Count} {type.Type}"));
        }

        writer.Write(profile.HeapByType.Count > 0 ? "\n" : "");
    }
}

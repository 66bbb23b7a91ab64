using System.Globalization;

namespace Herz.Resilience.PendingWork.Text;

/// <summary>
/// Writes collapsed stacks, the outermost method first and the awaited call last.
/// The format is that of Brendan Gregg's stackcollapse scripts: frames separated by semicolons, a space, a count.
/// </summary>
internal static class CollapsedText
{
    public static void Write(PendingWorkProfile profile, TextWriter writer)
    {
        foreach (var group in profile.ByStack())
        {
            var methods = group.Stack!.Split(" <- ");
            Array.Reverse(methods);
            var awaited = group.State == PendingState.Awaiting ? group.Awaits : group.State.ToString().ToLowerInvariant();
            var frames = methods.Append($"[{awaited}]").Select(static frame => frame.Replace(';', ','));
            writer.Write(string.Join(';', frames));
            writer.Write(string.Create(CultureInfo.InvariantCulture, $" {group.Count}\n"));
        }
    }
}

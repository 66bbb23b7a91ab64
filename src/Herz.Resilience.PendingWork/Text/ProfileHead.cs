using System.Globalization;

namespace Herz.Resilience.PendingWork.Text;

/// <summary>Writes the first lines of the text formats: total, capture method, refusals and notes.</summary>
internal static class ProfileHead
{
    public static void Write(PendingWorkProfile profile, TextWriter writer)
    {
        writer.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"pending profile: total {profile.Count} at {profile.CapturedAt:O} by {profile.Method} in {profile.Duration.TotalMilliseconds:F0} ms\n"));
        foreach (var refusal in profile.Refusals)
        {
            writer.Write($"# refused: {refusal}\n");
        }

        foreach (var note in profile.Notes)
        {
            writer.Write($"# note: {note}\n");
        }
    }

    public static string Describe(PendingState state, string awaits) => state switch
    {
        PendingState.Awaiting => $"awaiting {awaits}",
        PendingState.Yielded => "at a yield, waiting for its consumer",
        PendingState.Runnable => awaits.Length == 0 ? "runnable" : $"runnable after {awaits}",
        _ => "running",
    };
}

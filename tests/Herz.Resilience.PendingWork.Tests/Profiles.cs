namespace Herz.Resilience.PendingWork.Tests;

/// <summary>Builds profiles of given operations.</summary>
internal static class Profiles
{
    public static DateTimeOffset Start { get; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static PendingWorkProfile At(int minutes, params PendingOperation[] operations) => new(Start.AddMinutes(minutes), operations);

    public static IEnumerable<PendingOperation> Chain(PendingStackTable stacks, int count, string awaits, string? origin, params string[] outerToInner)
    {
        for (var i = 0; i < count; i++)
        {
            PendingStackTrace? at = null;
            for (var depth = 0; depth < outerToInner.Length; depth++)
            {
                at = stacks.Get(outerToInner[depth], at);
                var isInnermost = depth == outerToInner.Length - 1;
                yield return new PendingOperation(
                    PendingKind.AsyncMethod,
                    at,
                    isInnermost ? awaits : outerToInner[depth + 1],
                    PendingState.Awaiting,
                    origin is null ? null : new PendingOrigin(origin, i + 1),
                    isInnermost);
            }
        }
    }
}

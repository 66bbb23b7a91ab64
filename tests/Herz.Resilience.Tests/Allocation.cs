namespace Herz.Resilience.Tests;

/// <summary>What code allocates on its thread once it runs warm.</summary>
internal static class Allocation
{
    private const int Rounds = 5;

    /// <summary>
    /// The least that a round allocates. What each call allocates is in every round; what the runtime allocates on this
    /// thread once, to compile the code under test while it runs, is not.
    /// </summary>
    /// <param name="round">Runs the code many times.</param>
    public static long Of(Action round)
    {
        round();
        var least = long.MaxValue;
        for (var index = 0; index < Rounds; index++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}

namespace Herz.Resilience.Tests.LoadShedding.Simulation;

/// <summary>Runs a simulation a number of times, each with other random numbers; always the same ones.</summary>
internal static class Seeds
{
    private const int Count = 12;

    public static void Each(Action<int> run) => Parallel.For(1, Count + 1, run);

    /// <summary>What each run gave, the worst first.</summary>
    public static double[] Sorted(Func<int, double> run)
    {
        var results = new double[Count];
        Parallel.For(0, Count, index => results[index] = run(index + 1));
        Array.Sort(results);
        return results;
    }
}

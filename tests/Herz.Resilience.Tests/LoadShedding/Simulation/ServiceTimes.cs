namespace Herz.Resilience.Tests.LoadShedding.Simulation;

/// <summary>How long a dependency takes, 20 ms on average in each case.</summary>
public enum ServiceTimes
{
    /// <summary>Always the same.</summary>
    Constant,

    /// <summary>As by chance: the coefficient of variation is 1.</summary>
    Exponential,

    /// <summary>Most are quick and a few take very long: the coefficient of variation is 3.</summary>
    HeavyTailed,

    /// <summary>Nine of ten take 5 ms, one 155 ms, as with a cache before a slow store.</summary>
    TwoKinds,
}

internal static class ServiceTimesExtensions
{
    public const double Mean = 0.020;

    public static Func<double> Of(this Simulator simulator, ServiceTimes times) => times switch
    {
        ServiceTimes.Constant => static () => Mean,
        ServiceTimes.Exponential => () => simulator.Exponential(Mean),
        ServiceTimes.HeavyTailed => () => simulator.LogNormal(Mean, 3),
        _ => () => simulator.Random.NextDouble() < 0.9 ? 0.005 : 0.155,
    };
}

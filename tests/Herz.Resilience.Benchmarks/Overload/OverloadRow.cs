namespace Herz.Resilience.Benchmarks.Overload;

/// <summary>One row of the table: the concurrent loads, and the target of the first.</summary>
/// <param name="Name">Name of the row on the command line.</param>
/// <param name="Title">Description of the row.</param>
/// <param name="Capacity">Maximum answers per second; 0 if the share of offered requests counts.</param>
/// <param name="Loads">The loads; only the first is measured.</param>
/// <param name="Target">Required share of the capacity or of the offered requests.</param>
/// <param name="IsCold">Whether the full load starts with the first request of the process; then results count from second 3 on.</param>
internal sealed record OverloadRow(string Name, string Title, double Capacity, OverloadLoad[] Loads, double Target, bool IsCold = false)
{
    public const string PriorityHeader = "X-Priority";

    private const double Slots = 400;
    private const double Cpu = 200;

    public static readonly OverloadRow[] All =
    [
        new("slots2", "8 slots × 20 ms, 2×", Slots, [new("/slots", 2 * Slots)], 0.95),
        new("slots5", "8 slots × 20 ms, 5×", Slots, [new("/slots", 5 * Slots)], 0.90),
        new("cpu2", "10 ms of CPU on 2 cores, 500/s", Cpu, [new("/cpu", 500)], 0.85),
        new("cpu5", "10 ms of CPU on 2 cores, 1,000/s", Cpu, [new("/cpu", 1_000)], 0.75),
        new("blocking", "50/s alongside 40/s that block 1 s", 0, [new("/fast", 50), new("/blocking", 40)], 0.99),
        new("critical", "10 % critical of 5×", 0, [new("/slots", 0.5 * Slots, "critical"), new("/slots", 4.5 * Slots, "sheddable")], 0.995),
        new("ignoring2", "8 slots × 20 ms, token ignored, 2×", Slots, [new("/ignoring", 2 * Slots)], 0.90),
        new("ignoring5", "the same, 5×", Slots, [new("/ignoring", 5 * Slots)], 0.90),
        new("cold2", "8 slots × 20 ms, cold process, 2×", Slots, [new("/slots", 2 * Slots)], 0.90, IsCold: true),
        new("cold5", "the same, 5×", Slots, [new("/slots", 5 * Slots)], 0.90, IsCold: true),
        new("coldignoring2", "token ignored, cold process, 2×", Slots, [new("/ignoring", 2 * Slots)], 0.90, IsCold: true),
        new("coldignoring5", "the same, 5×", Slots, [new("/ignoring", 5 * Slots)], 0.90, IsCold: true),
    ];
}

/// <summary>Requests at a fixed rate, independent of the server.</summary>
internal sealed record OverloadLoad(string Path, double PerSecond, string? Priority = null);

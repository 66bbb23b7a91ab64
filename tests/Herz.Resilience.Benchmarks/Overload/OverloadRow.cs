namespace Herz.Resilience.Benchmarks.Overload;

/// <summary>One row of the table: the loads that are sent at once, and what is asked of the first.</summary>
/// <param name="Name">How the row is chosen.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Capacity">How many answers a second are possible; 0 where the share of those offered counts.</param>
/// <param name="Loads">What is sent; the first is judged.</param>
/// <param name="ToReach">The share of the capacity, or of those offered, that is to be reached.</param>
/// <param name="IsCold">Whether the full load is there from the first request of the process, and counts from the third second on.</param>
internal sealed record OverloadRow(string Name, string Title, double Capacity, OverloadLoad[] Loads, double ToReach, bool IsCold = false)
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
        new("blocking", "50/s beside 40/s that block 1 s", 0, [new("/fast", 50), new("/blocking", 40)], 0.99),
        new("critical", "10 % critical of 5×", 0, [new("/slots", 0.5 * Slots, "critical"), new("/slots", 4.5 * Slots, "sheddable")], 0.995),
        new("ignoring2", "8 slots × 20 ms, token ignored, 2×", Slots, [new("/ignoring", 2 * Slots)], 0.90),
        new("ignoring5", "the same, 5×", Slots, [new("/ignoring", 5 * Slots)], 0.90),
        new("cold2", "8 slots × 20 ms, cold process, 2×", Slots, [new("/slots", 2 * Slots)], 0.90, IsCold: true),
        new("cold5", "the same, 5×", Slots, [new("/slots", 5 * Slots)], 0.90, IsCold: true),
        new("coldignoring2", "token ignored, cold process, 2×", Slots, [new("/ignoring", 2 * Slots)], 0.90, IsCold: true),
        new("coldignoring5", "the same, 5×", Slots, [new("/ignoring", 5 * Slots)], 0.90, IsCold: true),
    ];
}

/// <summary>Requests at a fixed rate, whatever the server does.</summary>
internal sealed record OverloadLoad(string Path, double PerSecond, string? Priority = null);

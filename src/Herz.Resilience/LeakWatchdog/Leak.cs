using System.Globalization;

namespace Herz.Resilience.LeakWatchdog;

/// <summary>A leak in its current state.</summary>
public sealed record Leak
{
    /// <summary>The origin of the work: an endpoint such as <c>GET /orders/{id}</c>, or <c>background</c> and its name; null if unknown.</summary>
    public string? Origin { get; init; }

    /// <summary>The method that has not ended, such as <c>Orders.OrderRepository.LoadAsync</c>; null if no pending work was named.</summary>
    public string? Method { get; init; }

    /// <summary>The operation that the method waits for; null if <see cref="Method"/> is null.</summary>
    public string? Awaits { get; init; }

    /// <summary>The type whose objects account for the growth, if no pending work explains it.</summary>
    public string? Type { get; init; }

    /// <summary>The reason why no capture could name the work; null if one did, or none was tried.</summary>
    public string? Refusal { get; init; }

    /// <summary>The growing process counter, such as <c>timers</c>; null if the leak was found by the tokens of its origin.</summary>
    public string? Signal { get; init; }

    /// <summary>The number of pending operations, or of objects; 0 if neither a method nor a type was named.</summary>
    public long Pending { get; init; }

    /// <summary>The growth per minute.</summary>
    public double PerMinute { get; init; }

    /// <summary>The share of all growth, from 0 to 1.</summary>
    public double Share { get; init; }

    /// <summary>The start of the oldest known work.</summary>
    public DateTimeOffset FirstSeen { get; init; }

    /// <summary>Other work that the same origin leaves behind, largest first; usually empty.</summary>
    public IReadOnlyList<LeakPart> Parts { get; init; } = [];

    /// <summary>The identity of the leak. An origin has one leak, whose largest part names it.</summary>
    internal LeakKey Key => Signal is null && Origin is not null ? new(null, Origin, null, null, null) : new(Signal, Origin, Method, Awaits, Type);

    /// <summary>One sentence: <c>GET /orders/{id}: 1,204 pending Orders.LoadAsync awaiting Channel read, +120 a minute, first seen …, 71 % of all growth</c>.</summary>
    public override string ToString()
    {
        var where = Origin ?? (Signal is null ? "unknown origin" : $"process counter {Signal}");
        if (Method is null && Type is null)
        {
            return Signal is null
                ? $"{where}: work of requests that have ended is still pending, first seen {When}{(Refusal is null ? "" : $". No capture could name it: {Refusal}")}"
                : $"{where} keeps growing, first seen {When}";
        }

        var what = Method is null ? $"objects of {Type}" : $"pending {Method}{(string.IsNullOrEmpty(Awaits) ? "" : $" awaiting {Awaits}")}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{where}: {Pending:N0} {what}, {PerMinute:+#,0;-#,0;+0} a minute, first seen {When}, {Share * 100:F0} % of all growth{string.Concat(Parts.Select(static part => $"; also {part}"))}");
    }

    private string When => FirstSeen.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>One of several kinds of work that an origin leaves behind.</summary>
/// <param name="Method">The method that has not ended.</param>
/// <param name="Awaits">The operation that the method waits for; empty if unknown.</param>
/// <param name="Pending">The number of pending operations.</param>
/// <param name="PerMinute">The growth per minute.</param>
public sealed record LeakPart(string Method, string Awaits, long Pending, double PerMinute)
{
    /// <summary>A part of a sentence: <c>24 pending Orders.MailAsync awaiting Task.Delay, +8 a minute</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Pending:N0} pending {Method}{(Awaits.Length == 0 ? "" : $" awaiting {Awaits}")}, {PerMinute:+#,0;-#,0;+0} a minute");
}

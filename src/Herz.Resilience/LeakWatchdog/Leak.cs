using System.Globalization;

namespace Herz.Resilience.LeakWatchdog;

/// <summary>A leak as it is known now.</summary>
public sealed record Leak
{
    /// <summary>Where the work came from: an endpoint such as <c>GET /orders/{id}</c>, or <c>background</c> and its name; null where that is not known.</summary>
    public string? Origin { get; init; }

    /// <summary>The method that has not ended, such as <c>Orders.OrderRepository.LoadAsync</c>; null where no pending work was named.</summary>
    public string? Method { get; init; }

    /// <summary>What the method waits for; null with <see cref="Method"/>.</summary>
    public string? Awaits { get; init; }

    /// <summary>The type whose objects take up the growth, where no pending work explains it.</summary>
    public string? Type { get; init; }

    /// <summary>The counter of the process that grows, such as <c>timers</c>; null where the tokens of the origin told of the leak.</summary>
    public string? Signal { get; init; }

    /// <summary>How many such operations are pending, or how many such objects there are; 0 where nothing was named.</summary>
    public long Pending { get; init; }

    /// <summary>How many more there are every minute.</summary>
    public double PerMinute { get; init; }

    /// <summary>The share in all growth, from 0 to 1.</summary>
    public double Share { get; init; }

    /// <summary>When the oldest of it began, as far as is known.</summary>
    public DateTimeOffset FirstSeen { get; init; }

    /// <summary>What makes two leaks the same.</summary>
    internal (string?, string?, string?, string?, string?) Key => (Signal, Origin, Method, Awaits, Type);

    /// <summary>One sentence: <c>GET /orders/{id}: 1,204 pending Orders.LoadAsync awaiting Channel read, +120 a minute, first seen …, 71 % of all growth</c>.</summary>
    public override string ToString()
    {
        var where = Origin ?? (Signal is null ? "unknown origin" : $"the {Signal} of the process");
        if (Method is null && Type is null)
        {
            return Signal is null
                ? $"{where}: work of requests that have ended is still pending, first seen {When}"
                : $"{where} only grow, first seen {When}";
        }

        var what = Method is null ? $"objects of {Type}" : $"pending {Method}{(string.IsNullOrEmpty(Awaits) ? "" : $" awaiting {Awaits}")}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{where}: {Pending:N0} {what}, {PerMinute:+#,0;-#,0;+0} a minute, first seen {When}, {Share * 100:F0} % of all growth");
    }

    private string When => FirstSeen.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

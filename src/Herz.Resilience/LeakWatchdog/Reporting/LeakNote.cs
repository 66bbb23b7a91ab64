using System.Globalization;
using Herz.Resilience.Management;

namespace Herz.Resilience.LeakWatchdog.Reporting;

/// <summary>Degraded while a leak is suspected: the app still serves requests, but needs attention.</summary>
internal sealed class LeakNote(LeakBoard board) : ProbeNote
{
    public override string Name => "herz-leaks";

    public override string? Degraded => board.Current.Length switch
    {
        0 => null,
        1 => "1 leak is suspected; the log and /debug/herz/counters name it",
        var count => string.Create(CultureInfo.InvariantCulture, $"{count} leaks are suspected; the log and /debug/herz/counters name them"),
    };
}

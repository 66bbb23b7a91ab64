using System.Globalization;
using Herz.Resilience.PendingWork;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.LeakWatchdog.Pages;

/// <summary>What is asked of the page of pending work.</summary>
/// <param name="Format">The form of the answer.</param>
/// <param name="Difference">The number of an earlier capture, or <see cref="Last"/>; null for none.</param>
/// <param name="Seconds">The time between two captures; null for one capture.</param>
/// <param name="Types">Whether to count the heap by type.</param>
/// <param name="Threads">Whether to list waiting threads.</param>
/// <param name="LongestPause">How long the process may be stopped where there is no way without.</param>
/// <param name="Mistake">What makes no sense; null where all does.</param>
internal sealed record PendingQuery(PendingWorkFormat Format, int? Difference, TimeSpan? Seconds, bool Types, bool Threads, TimeSpan LongestPause, string? Mistake)
{
    /// <summary>Stands for the last capture.</summary>
    public const int Last = 0;

    private const int MostSeconds = 300;
    private const int MostMilliseconds = 10_000;

    // As the captures of the library.
    private static readonly TimeSpan s_longestPause = new PendingWorkOptions().LongestPause;

    public static PendingQuery Read(HttpRequest request)
    {
        var reader = new QueryReader(request);
        var format = ReadFormat(reader, request.Headers.Accept.ToString());
        var difference = ReadDifference(reader);
        var seconds = reader.Whole("seconds", 1, MostSeconds, "seconds") is { } asked ? TimeSpan.FromSeconds(asked) : (TimeSpan?)null;
        if (difference is not null && seconds is not null)
        {
            reader.Reject("seconds", request.Query["seconds"].ToString(), "none beside diff: the one is until now, the other from now on");
        }

        if ((difference is not null || seconds is not null) && request.Query["debug"].ToString() is { Length: > 0 } form)
        {
            reader.Reject("debug", form, "none beside diff or seconds: a difference has one form, text");
        }

        var types = reader.Switch("types");
        var threads = reader.Switch("threads");
        var pause = reader.Whole("pause", 0, MostMilliseconds, "milliseconds") is { } most ? TimeSpan.FromMilliseconds(most) : s_longestPause;
        reader.RejectOthers();
        return new PendingQuery(format, difference, seconds, types, threads, pause, reader.Mistake);
    }

    private static PendingWorkFormat ReadFormat(QueryReader reader, string accept)
    {
        var value = reader.Text("debug");
        switch (value.ToUpperInvariant())
        {
            case "" when accept.Contains("application/json", StringComparison.OrdinalIgnoreCase):
            case "JSON":
                return PendingWorkFormat.Json;
            case "" or "1":
                return PendingWorkFormat.Counts;
            case "2":
                return PendingWorkFormat.Operations;
            case "COLLAPSED":
                return PendingWorkFormat.Collapsed;
            default:
                reader.Reject("debug", value, "1 (counts by stack), 2 (each operation), json or collapsed");
                return default;
        }
    }

    private static int? ReadDifference(QueryReader reader)
    {
        var value = reader.Text("diff");
        if (value.Length == 0)
        {
            return null;
        }

        if (value.Equals("last", StringComparison.OrdinalIgnoreCase))
        {
            return Last;
        }

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
        {
            return number;
        }

        reader.Reject("diff", value, $"last, or the number of a capture from the header {PendingPage.CaptureHeader}");
        return null;
    }
}

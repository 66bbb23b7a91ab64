using System.Globalization;
using Herz.Resilience.PendingWork;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.LeakWatchdog.Pages;

/// <summary>The query parameters of <see cref="PendingPage"/>.</summary>
/// <param name="Format">The format of the answer.</param>
/// <param name="Difference">The number of an earlier capture, or <see cref="Last"/>; null for none.</param>
/// <param name="Seconds">The time between two captures; null for one capture.</param>
/// <param name="Types">Whether to count the heap by type.</param>
/// <param name="Threads">Whether to list waiting threads.</param>
/// <param name="LongestPause">The longest time the process may be stopped if no other capture method works.</param>
/// <param name="Mistake">The first invalid parameter; null if all are valid.</param>
internal sealed record PendingQuery(PendingWorkFormat Format, int? Difference, TimeSpan? Seconds, bool Types, bool Threads, TimeSpan LongestPause, string? Mistake)
{
    /// <summary>The number that represents the last capture.</summary>
    public const int Last = 0;

    private const int MaxSeconds = 300;
    private const int MaxMilliseconds = 10_000;

    // The default of the capture library.
    private static readonly TimeSpan s_longestPause = new PendingWorkOptions().LongestPause;

    public static PendingQuery Read(HttpRequest request)
    {
        var reader = new QueryReader(request);
        var format = ReadFormat(reader, request.Headers.Accept.ToString());
        var difference = ReadDifference(reader);
        var seconds = reader.WholeNumber("seconds", 1, MaxSeconds, "seconds") is { } number ? TimeSpan.FromSeconds(number) : (TimeSpan?)null;
        if (difference is not null && seconds is not null)
        {
            reader.Reject("seconds", request.Query["seconds"].ToString(), "no value together with diff: diff ends now, seconds starts now");
        }

        if ((difference is not null || seconds is not null) && request.Query["debug"].ToString() is { Length: > 0 } form)
        {
            reader.Reject("debug", form, "no value together with diff or seconds: a difference is always text");
        }

        var types = reader.Switch("types");
        var threads = reader.Switch("threads");
        var pause = reader.WholeNumber("pause", 0, MaxMilliseconds, "milliseconds") is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : s_longestPause;
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

        reader.Reject("diff", value, $"last, or a capture number from the header {PendingPage.CaptureHeader}");
        return null;
    }
}

namespace Herz.Resilience.Tool.Soaking;

/// <summary>A series of a scrape.</summary>
/// <param name="Name">Name of the series.</param>
/// <param name="Labels">Its labels as they were written, without braces.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct MetricLine(string Name, string Labels, double Value);

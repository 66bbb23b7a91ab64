namespace Herz.Resilience.Tool.Soaking;

/// <summary>One series of a scrape.</summary>
/// <param name="Name">Name of the series.</param>
/// <param name="Labels">The label text, without braces.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct MetricLine(string Name, string Labels, double Value);

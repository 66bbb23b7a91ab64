namespace Herz.Resilience.Tool.Comparing;

/// <summary>The figures by which two runs are compared.</summary>
internal readonly record struct Figures(double Rate, double Goodput, double ErrorShare, double P50, double P95, double P99);

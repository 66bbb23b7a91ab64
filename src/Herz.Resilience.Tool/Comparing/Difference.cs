namespace Herz.Resilience.Tool.Comparing;

/// <summary>One figure of two runs.</summary>
/// <param name="Name">Name of the figure.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="A">Value of the first run.</param>
/// <param name="B">Value of the second run.</param>
/// <param name="Ratio">Second value divided by the first; for shares, the difference.</param>
/// <param name="Low">Lower end of the 95 % interval of the ratio.</param>
/// <param name="High">Upper end of the 95 % interval of the ratio.</param>
/// <param name="Effect">Effect on the second run.</param>
internal sealed record Difference(string Name, string Unit, double A, double B, double Ratio, double Low, double High, Effect Effect);

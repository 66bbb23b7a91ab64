namespace Herz.Resilience.Tool.Comparing;

/// <summary>One figure of two runs.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="A">In the first run.</param>
/// <param name="B">In the second.</param>
/// <param name="Ratio">The second by the first; for shares their difference.</param>
/// <param name="Low">Lower end of its 95 % interval.</param>
/// <param name="High">Upper end of its 95 % interval.</param>
/// <param name="Effect">What that means for the second run.</param>
internal sealed record Difference(string Name, string Unit, double A, double B, double Ratio, double Low, double High, Effect Effect);

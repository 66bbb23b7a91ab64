using System.Globalization;

namespace Herz.Resilience.Tool.Comparing;

/// <summary>Writes a comparison as text.</summary>
internal static class ComparisonText
{
    /// <summary>The header of the table.</summary>
    public static readonly string[] Head = ["", "A", "B", "B / A", "95 % interval", ""];

    /// <summary>The rows of the table: figure, A, B, and B / A with its interval.</summary>
    public static IEnumerable<string[]> Rows(Comparison comparison) =>
        comparison.Differences.Select(d => new[]
        {
            $"{d.Name} {d.Unit}",
            N(d.A),
            N(d.B),
            d.Name == "errors" ? $"{N(d.Ratio)} points" : $"{N(d.Ratio)}x",
            double.IsFinite(d.Low) ? $"{N(d.Low)} to {N(d.High)}" : "run too short",
            d.Effect switch { Effect.Better => "better", Effect.Worse => "worse", _ => "" },
        }).Concat(comparison.Series.Select(s => new[]
        {
            s.A.Name, N(s.A.Judgement.SteadyState), N(s.B.Judgement.SteadyState), "", "", $"{s.A.Judgement.Words} -> {s.B.Judgement.Words}",
        }));

    /// <summary>Writes the table and the verdict.</summary>
    public static void Write(TextWriter to, Comparison comparison)
    {
        to.WriteLine($"A: {comparison.A.Target}, {comparison.A.Shape}");
        to.WriteLine($"B: {comparison.B.Target}, {comparison.B.Shape}");
        foreach (var r in Rows(comparison).Prepend(Head))
        {
            to.WriteLine($"  {r[0],-24}{r[1],12}{r[2],12}{r[3],14}  {r[4],-18}{r[5]}".TrimEnd());
        }

        to.WriteLine(comparison.Sentence);
    }

    private static string N(double value) => value.ToString(Math.Abs(value) >= 100 ? "#,0" : "0.###", CultureInfo.InvariantCulture);
}

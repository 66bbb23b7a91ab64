namespace Herz.Resilience.Tool.Judgement;

/// <summary>The kind of curve of a series.</summary>
internal enum TrendKind
{
    /// <summary>A level.</summary>
    Constant,

    /// <summary>A straight line.</summary>
    Linear,

    /// <summary>Levels with one or two jumps between them.</summary>
    Steps,

    /// <summary>An approach to a level at a decreasing rate.</summary>
    Saturating,

    /// <summary>A wave with fewer than two observed periods.</summary>
    Wave,
}

/// <summary>A curve fitted to a series.</summary>
/// <param name="Kind">The kind of the curve.</param>
/// <param name="Bic">Bayesian information criterion (Schwarz 1978): misfit plus a penalty for each parameter; lower is better.</param>
/// <param name="Parameter">Time of the last jump, time constant, or period, in seconds.</param>
/// <param name="Amplitude">Saturating curve only: distance of the level above the start.</param>
internal readonly record struct TrendModel(TrendKind Kind, double Bic, double Parameter = 0, double Amplitude = 0);

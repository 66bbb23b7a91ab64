namespace Herz.Resilience.Tool.Judgement;

/// <summary>What kind of curve a series follows.</summary>
internal enum TrendKind
{
    /// <summary>A level.</summary>
    Constant,

    /// <summary>A straight line.</summary>
    Linear,

    /// <summary>Levels with one or two jumps between them.</summary>
    Steps,

    /// <summary>An approach to a level that slows down.</summary>
    Saturating,

    /// <summary>A wave of which fewer than two periods were seen.</summary>
    Wave,
}

/// <summary>A curve fitted to a series.</summary>
/// <param name="Kind">Which kind.</param>
/// <param name="Bic">Bayesian information criterion (Schwarz 1978): misfit and a price for each parameter; less is better.</param>
/// <param name="Parameter">Time of the last jump, time constant, or period, in seconds.</param>
/// <param name="Amplitude">Of a saturating curve: how far the level lies above the beginning.</param>
internal readonly record struct TrendModel(TrendKind Kind, double Bic, double Parameter = 0, double Amplitude = 0);

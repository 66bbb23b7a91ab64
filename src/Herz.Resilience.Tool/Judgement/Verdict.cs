namespace Herz.Resilience.Tool.Judgement;

/// <summary>The verdict on a series.</summary>
internal enum Verdict
{
    /// <summary>The series is stable or falls.</summary>
    Converged,

    /// <summary>The series grows without limit.</summary>
    Growing,

    /// <summary>The series is too short or too noisy for a verdict.</summary>
    Undecided,
}

namespace Herz.Resilience.Tool.Judgement;

/// <summary>What becomes of a series.</summary>
internal enum Verdict
{
    /// <summary>It stays where it is, or falls.</summary>
    Converged,

    /// <summary>It grows without an end in sight.</summary>
    Growing,

    /// <summary>The series is too short or too noisy to tell.</summary>
    Undecided,
}

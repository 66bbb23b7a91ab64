namespace Herz.Resilience.Tool;

/// <summary>Exit codes of the command.</summary>
internal static class ExitCodes
{
    /// <summary>The run is complete, all thresholds are kept, all series converged.</summary>
    public const int Success = 0;

    /// <summary>A threshold was missed, or a series grows.</summary>
    public const int Missed = 1;

    /// <summary>The command line or a file is invalid.</summary>
    public const int Usage = 2;

    /// <summary>The target is unreachable or answered no request.</summary>
    public const int Unreachable = 3;

    /// <summary>The soak was too short for a verdict.</summary>
    public const int Undecided = 4;

    /// <summary>Broken off with Ctrl-C; the results so far are printed.</summary>
    public const int BrokenOff = 130;
}

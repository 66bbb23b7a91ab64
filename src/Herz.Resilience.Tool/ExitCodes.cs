namespace Herz.Resilience.Tool;

/// <summary>What the command returns to the shell.</summary>
internal static class ExitCodes
{
    /// <summary>All is well: the run is done, each threshold kept, the series converged.</summary>
    public const int Success = 0;

    /// <summary>A threshold was missed, or a series grows.</summary>
    public const int Missed = 1;

    /// <summary>The command line or a file cannot be understood.</summary>
    public const int Usage = 2;

    /// <summary>The target cannot be reached, or gave not a single answer.</summary>
    public const int Unreachable = 3;

    /// <summary>The soak was too short for a verdict.</summary>
    public const int Undecided = 4;

    /// <summary>Broken off with Ctrl-C; what was measured until then is printed.</summary>
    public const int BrokenOff = 130;
}

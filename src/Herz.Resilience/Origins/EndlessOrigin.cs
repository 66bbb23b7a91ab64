namespace Herz.Resilience.Origins;

/// <summary>
/// Gives what a hosted service or a loop begins the token of the window in which it begins. Either runs in execution contexts that
/// it took over when it started; the runtime tells whenever a thread takes up one with another token than it had, and then the
/// token of the open window is put in.
/// </summary>
internal static class EndlessOrigin
{
    private static readonly AsyncLocal<OriginToken?> s_current = new(static change => Renew(change.CurrentValue));

    /// <summary>Whether this code was begun by a hosted service or a loop.</summary>
    public static bool IsCurrent => s_current.Value is not null;

    /// <summary>All that begins in this execution context from now on is of a source.</summary>
    public static void Begin(OriginSource source) => s_current.Value = source.Lend();

    private static void Renew(OriginToken? token)
    {
        try
        {
            if (token?.Source.Lend() is { } open && open != token)
            {
                s_current.Value = open;
            }
        }
#pragma warning disable CA1031 // The runtime ends the process for an exception here; a token is not worth that.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}

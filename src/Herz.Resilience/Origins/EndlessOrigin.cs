namespace Herz.Resilience.Origins;

/// <summary>
/// Gives work that a hosted service or a loop starts the token of the window in which it starts. Services and loops run in execution
/// contexts captured at their start. The runtime notifies when a thread enters a context with a different token; the token is then
/// replaced with that of the open window.
/// </summary>
internal static class EndlessOrigin
{
    private static readonly AsyncLocal<OriginToken?> s_current = new(static change => Renew(change.CurrentValue));

    /// <summary>Whether a hosted service or a loop started this code.</summary>
    public static bool IsCurrent => s_current.Value is not null;

    /// <summary>From now on, all work started in this execution context has this source.</summary>
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
#pragma warning disable CA1031 // An exception here would end the process.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}

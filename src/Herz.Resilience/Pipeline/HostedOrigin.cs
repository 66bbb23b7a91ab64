namespace Herz.Resilience.Pipeline;

/// <summary>
/// Gives what hosted services begin the token of the window in which it begins. A service runs in execution contexts that it
/// took over when it started; the runtime tells whenever a thread takes up one with another token than it had, and then the token
/// of the open window is put in.
/// </summary>
internal static class HostedOrigin
{
    private static readonly AsyncLocal<OriginToken?> s_current = new(static change => Renew(change.CurrentValue));

    /// <summary>Whether this code was begun by a hosted service.</summary>
    public static bool IsCurrent => s_current.Value is not null;

    /// <summary>All that begins in this execution context from now on is of the hosted services of a host.</summary>
    public static void Begin(Origins origins) => s_current.Value = origins.Of(Origins.HostedServices, OriginKind.Hosted).Lend();

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

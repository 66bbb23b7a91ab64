namespace Herz.Resilience.Pipeline;

/// <summary>
/// Gives what hosted services begin the token of the window in which it begins. A service runs in one execution context for as
/// long as it lives; the runtime tells whenever a thread takes that context up, and then the token of the open window is put in.
/// </summary>
internal sealed class HostedOrigin(Origins origins)
{
    private static readonly AsyncLocal<HostedOrigin?> s_current = new(static change => change.CurrentValue?.Renew());

    private readonly OriginSource _source = origins.Of(Origins.HostedServices, OriginKind.Hosted);

    /// <summary>Whether this code was begun by a hosted service.</summary>
    public static bool IsCurrent => s_current.Value is not null;

    /// <summary>All that begins in this execution context from now on is of hosted services.</summary>
    public void Begin() => s_current.Value = this;

    // Background work, which has a token of its own, is left alone.
    private void Renew()
    {
        try
        {
            var current = OriginToken.Current;
            if (current is not null && current.Label != Origins.HostedServices)
            {
                return;
            }

            var open = _source.Lend();
            if (current != open)
            {
                OriginToken.Current = open;
            }
        }
#pragma warning disable CA1031 // The runtime ends the process for an exception here; a token is not worth that.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}

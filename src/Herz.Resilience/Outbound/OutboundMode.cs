using Herz.Resilience.Configuration;

namespace Herz.Resilience.Outbound;

/// <summary>The mode in force, for the guards of calls.</summary>
internal sealed class OutboundMode
{
    private volatile int _mode;

    public OutboundMode(Settings<OutboundOptions> settings) => settings.Follow((_, mode) => _mode = (int)mode);

    public EnforcementMode Current => (EnforcementMode)_mode;
}

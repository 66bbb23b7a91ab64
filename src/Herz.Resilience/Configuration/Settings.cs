namespace Herz.Resilience.Configuration;

/// <summary>
/// The validated options of one feature and its mode, replaced at every reload. A feature depends only on this type:
/// it knows neither the other features nor the configuration sources.
/// </summary>
internal sealed class Settings<TOptions>(TOptions value, EnforcementMode mode) where TOptions : class
{
    private readonly Lock _lock = new();
    private Action<TOptions, EnforcementMode>? _listeners;
    private volatile Snapshot _snapshot = new(value, mode);

    /// <summary>The validated options in force. Never modified after they are published.</summary>
    public TOptions Value => _snapshot.Value;

    /// <summary>The mode of the feature; if it has none, the mode of the bundle.</summary>
    public EnforcementMode Mode => _snapshot.Mode;

    /// <summary>Calls <paramref name="apply"/> now and after every reload, one call at a time.</summary>
    public void Follow(Action<TOptions, EnforcementMode> apply)
    {
        lock (_lock)
        {
            _listeners += apply;
            apply(_snapshot.Value, _snapshot.Mode);
        }
    }

    /// <summary>Puts new options in force.</summary>
    public void Publish(TOptions value, EnforcementMode mode)
    {
        lock (_lock)
        {
            _snapshot = new Snapshot(value, mode);
            _listeners?.Invoke(value, mode);
        }
    }

    private sealed record Snapshot(TOptions Value, EnforcementMode Mode);
}

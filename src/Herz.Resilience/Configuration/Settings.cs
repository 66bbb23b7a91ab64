namespace Herz.Resilience.Configuration;

/// <summary>
/// The part of the plan in force that belongs to one feature. A feature depends on this alone,
/// so it knows neither the other features nor where configuration comes from.
/// </summary>
internal sealed class Settings<TOptions> : ISettings where TOptions : class
{
    private readonly Lock _lock = new();
    private readonly Func<HerzOptions, TOptions> _select;
    private Action<TOptions, GuardMode>? _listeners;
    private volatile Snapshot _snapshot;

    public Settings(HerzOptions options, Func<HerzOptions, TOptions> select)
    {
        _select = select;
        _snapshot = Take(options);
    }

    /// <summary>The validated options in force. Never changed once published.</summary>
    public TOptions Value => _snapshot.Value;

    /// <summary>The mode of the feature, or else of the bundle.</summary>
    public GuardMode Mode => _snapshot.Mode;

    /// <summary>Calls <paramref name="apply"/> now and after every reload, never two at once.</summary>
    public void Follow(Action<TOptions, GuardMode> apply)
    {
        lock (_lock)
        {
            _listeners += apply;
            apply(_snapshot.Value, _snapshot.Mode);
        }
    }

    void ISettings.Publish(HerzOptions options)
    {
        lock (_lock)
        {
            _snapshot = Take(options);
            _listeners?.Invoke(_snapshot.Value, _snapshot.Mode);
        }
    }

    private Snapshot Take(HerzOptions options)
    {
        var value = _select(options);
        return new Snapshot(value, (value as FeatureOptions)?.Mode ?? options.Mode);
    }

    private sealed record Snapshot(TOptions Value, GuardMode Mode);
}

/// <summary>What the plan tells every <see cref="Settings{TOptions}"/> after a reload.</summary>
internal interface ISettings
{
    void Publish(HerzOptions options);
}

namespace Herz.Resilience.Outbound.Dependencies;

/// <summary>The settings in force for one dependency: its own, else those of <c>Outbound:Defaults</c>, else the defaults of the bundle. Immutable.</summary>
internal sealed record DependencySettings(
    bool Retry,
    int MaxAttempts,
    TimeSpan RetryDelay,
    TimeSpan MaxRetryDelay,
    double RetryBudget,
    int MinRetries,
    TimeSpan MaxRetryAfter,
    bool PausesAll,
    bool Throttle,
    double ThrottleRatio,
    int? MaxConcurrency,
    bool Hedge,
    TimeSpan? HedgeDelay,
    bool? SendAttempt)
{
    /// <summary>Combines the settings of a dependency with the defaults.</summary>
    public static DependencySettings Of(OutboundCallOptions? own, OutboundCallOptions defaults)
    {
        own ??= new OutboundCallOptions();
        return new(
            own.Retry ?? defaults.Retry ?? true,
            own.MaxAttempts ?? defaults.MaxAttempts ?? 3,
            own.RetryDelay ?? defaults.RetryDelay ?? TimeSpan.FromMilliseconds(50),
            own.MaxRetryDelay ?? defaults.MaxRetryDelay ?? TimeSpan.FromSeconds(1),
            own.RetryBudget ?? defaults.RetryBudget ?? 0.2,
            own.MinRetries ?? defaults.MinRetries ?? 10,
            own.MaxRetryAfter ?? defaults.MaxRetryAfter ?? TimeSpan.FromMinutes(1),
            own.PauseAllCalls ?? defaults.PauseAllCalls ?? false,
            own.Throttle ?? defaults.Throttle ?? true,
            own.ThrottleRatio ?? defaults.ThrottleRatio ?? 2,
            own.MaxConcurrency ?? defaults.MaxConcurrency,
            own.Hedge ?? defaults.Hedge ?? false,
            own.HedgeDelay ?? defaults.HedgeDelay,
            own.SendAttempt ?? defaults.SendAttempt);
    }
}

using Herz.Resilience.BackgroundWork;
using Herz.Resilience.CircuitBreaking;
using Herz.Resilience.Configuration;
using Herz.Resilience.Deadlines;
using Herz.Resilience.Health;
using Herz.Resilience.LeakWatchdog;
using Herz.Resilience.LoadShedding;
using Herz.Resilience.Management;
using Herz.Resilience.Metrics;
using Herz.Resilience.Outbound;
using Herz.Resilience.RateLimiting;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Hosting;

/// <summary>Calls the validator of every feature and reports all mistakes at once.</summary>
internal sealed class HerzOptionsValidator : IValidateOptions<HerzOptions>
{
    public ValidateOptionsResult Validate(string? name, HerzOptions options)
    {
        var errors = new ConfigurationErrors(options.ReadErrors);
        errors.Defined<EnforcementMode>(nameof(HerzOptions.Mode), options.Mode);
        Check(errors, nameof(HerzOptions.RateLimiting), options.RateLimiting, RateLimitingOptionsValidator.Validate);
        Check(errors, nameof(HerzOptions.LoadShedding), options.LoadShedding, LoadSheddingOptionsValidator.Validate);
        Check(errors, nameof(HerzOptions.Deadlines), options.Deadlines, DeadlinesOptionsValidator.Validate);
        Check(errors, nameof(HerzOptions.CircuitBreaking), options.CircuitBreaking, CircuitBreakingOptionsValidator.Validate);
        Check(errors, nameof(HerzOptions.Outbound), options.Outbound, OutboundOptionsValidator.Validate);
        Check(errors, nameof(HerzOptions.Health), options.Health, HealthOptionsValidator.Validate);
        Check(errors, nameof(HerzOptions.BackgroundWork), options.BackgroundWork, BackgroundWorkOptionsValidator.Validate);
        Check(errors, nameof(HerzOptions.LeakWatchdog), options.LeakWatchdog, LeakWatchdogOptionsValidator.Validate);
        Check(errors, nameof(HerzOptions.Metrics), options.Metrics, MetricsOptionsValidator.Validate);
        Check(errors, nameof(HerzOptions.Management), options.Management, ManagementOptionsValidator.Validate);
        CheckPathsDiffer(errors, options);
        return errors.Failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors.Failures);
    }

    private static void Check<TOptions>(ConfigurationErrors errors, string key, TOptions? options, Action<TOptions, ConfigurationErrors> validate)
        where TOptions : class
    {
        if (!NullCheck.Check(key, options, typeof(TOptions), errors))
        {
            return;
        }

        if (options is EnforcementOptions feature)
        {
            errors.Defined(key + ":" + nameof(EnforcementOptions.Mode), feature.Mode);
        }

        validate(options!, errors);
    }

    private static void CheckPathsDiffer(ConfigurationErrors errors, HerzOptions options)
    {
        if (options.Health is { } health && options.Metrics is { } metrics
            && string.Equals(health.Path, metrics.Path, StringComparison.OrdinalIgnoreCase))
        {
            errors.Add("Metrics:Path", metrics.Path, "a path that differs from Herz:Health:Path");
        }
    }
}

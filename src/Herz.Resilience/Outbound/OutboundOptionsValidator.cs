using Herz.Resilience.Configuration;
using Herz.Resilience.Outbound.Dependencies;

namespace Herz.Resilience.Outbound;

internal static class OutboundOptionsValidator
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_longestFirstDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromDays(1);

    public static void Validate(OutboundOptions options, ConfigurationErrors errors)
    {
        foreach (var name in options.Clients.Keys.Where(string.IsNullOrWhiteSpace))
        {
            errors.Add("Outbound:Clients", name, "the name of a client, or the host that a client without a name calls");
        }

        Check("Outbound:Defaults", options.Defaults, new OutboundCallOptions(), errors);
        var hosts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, dependency) in options.Dependencies)
        {
            if (string.IsNullOrWhiteSpace(name))
            {
                errors.Add("Outbound:Dependencies", name, "a name for the dependency");
            }

            CheckHosts(name, dependency, hosts, errors);
            Check($"Outbound:Dependencies:{name}", dependency, options.Defaults, errors);
        }
    }

    private static void CheckHosts(string name, OutboundDependencyOptions dependency, Dictionary<string, string> hosts, ConfigurationErrors errors)
    {
        for (var index = 0; index < dependency.Hosts.Count; index++)
        {
            var host = dependency.Hosts[index];
            var key = $"Outbound:Dependencies:{name}:Hosts:{index}";
            if (HostPattern.Parse(host) is null)
            {
                errors.Add(key, host, "a host without a scheme, such as \"stock\", \"stock.test:5001\", \"*.payments.test\" or \"stock:5001/shop.Stock\"");
            }
            else if (!hosts.TryAdd(host, name))
            {
                errors.Add(key, host, $"a host that no other entry names; {hosts[host]} has it already");
            }
        }
    }

    private static void Check(string key, OutboundCallOptions options, OutboundCallOptions defaults, ConfigurationErrors errors)
    {
        InRange($"{key}:MaxAttempts", options.MaxAttempts, 1, 10, errors);
        InRange($"{key}:MaxConcurrency", options.MaxConcurrency, 1, 1_000_000, errors);
        InRange($"{key}:MinRetries", options.MinRetries, 0, 10_000, errors);
        InRange($"{key}:RetryBudget", options.RetryBudget, 0, 1, errors);
        InRange($"{key}:ThrottleRatio", options.ThrottleRatio, 1.1, 10, errors);
        CheckTime($"{key}:RetryDelay", options.RetryDelay, s_shortest, s_longestFirstDelay, errors);
        CheckTime($"{key}:MaxRetryDelay", options.MaxRetryDelay, s_shortest, s_longestDelay, errors);
        CheckTime($"{key}:MaxRetryAfter", options.MaxRetryAfter, TimeSpan.Zero, s_longestPause, errors);
        CheckTime($"{key}:HedgeDelay", options.HedgeDelay, s_shortest, s_longestDelay, errors);

        // A conflict of inherited values is reported once, for the defaults.
        var settings = DependencySettings.Of(options, defaults);
        if ((options.RetryDelay ?? options.MaxRetryDelay) is not null && settings.MaxRetryDelay < settings.RetryDelay)
        {
            errors.Add($"{key}:MaxRetryDelay", settings.MaxRetryDelay, $"a time not below RetryDelay, {ConfigurationErrors.Show(settings.RetryDelay)}");
        }
    }

    private static void InRange(string key, int? value, int atLeast, int atMost, ConfigurationErrors errors)
    {
        if (value is { } given)
        {
            errors.InRange(key, (long)given, atLeast, atMost);
        }
    }

    private static void InRange(string key, double? value, double atLeast, double atMost, ConfigurationErrors errors)
    {
        if (value is { } given)
        {
            errors.InRange(key, given, atLeast, atMost);
        }
    }

    private static void CheckTime(string key, TimeSpan? value, TimeSpan atLeast, TimeSpan atMost, ConfigurationErrors errors)
    {
        if (value < atLeast || value > atMost)
        {
            errors.Add(key, value, $"a time from {ConfigurationErrors.Show(atLeast)} to {ConfigurationErrors.Show(atMost)}");
        }
    }
}

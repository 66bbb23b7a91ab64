using Herz.Resilience.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Herz.Resilience.Hosting;

/// <summary>
/// Holds the plan in force. At start a bad configuration throws. On a reload it is logged once,
/// the last valid plan stays in force, and the next valid one is applied.
/// </summary>
internal sealed class PlanMonitor : IDisposable
{
    private readonly Lock _lock = new();
    private readonly IOptionsFactory<HerzOptions> _factory;
    private readonly IPlanCheck[] _checks;
    private readonly ILogger<PlanMonitor> _logger;
    private readonly Dictionary<Type, (object Settings, Action<HerzOptions> Publish)> _settings = [];
    private readonly BrokenSources _broken;
    private readonly IDisposable _subscription;
    private HerzOptions _options;
    private string? _lastError;

    /// <exception cref="OptionsValidationException">The configuration is not valid; the message names every mistake.</exception>
    public PlanMonitor(IOptionsFactory<HerzOptions> factory, IConfiguration configuration, IEnumerable<IPlanCheck> checks, ILogger<PlanMonitor> logger)
    {
        _factory = factory;
        _checks = [.. checks];
        _logger = logger;
        _options = factory.Create(Options.DefaultName);
        _broken = new BrokenSources(configuration, Reject);
        _subscription = ChangeToken.OnChange(configuration.GetSection(HerzOptions.SectionName).GetReloadToken, Reload);
    }

    /// <summary>The settings of one feature, updated at every reload.</summary>
    public Settings<TOptions> SettingsFor<TOptions>(Func<HerzOptions, TOptions> select) where TOptions : class
    {
        lock (_lock)
        {
            if (!_settings.TryGetValue(typeof(TOptions), out var known))
            {
                var value = select(_options);
                var settings = new Settings<TOptions>(value, ModeOf(value, _options));
                _settings[typeof(TOptions)] = known = (settings, options => settings.Publish(select(options), ModeOf(select(options), options)));
            }

            return (Settings<TOptions>)known.Settings;
        }
    }

    /// <summary>Compares the plan with the app when its pipeline is built.</summary>
    /// <exception cref="OptionsValidationException">The plan and the app do not match.</exception>
    public void CheckAgainstApp() => CheckAgainstApp(_options);

    public void Dispose()
    {
        _subscription.Dispose();
        _broken.Dispose();
    }

    private void Reload()
    {
        lock (_lock)
        {
            if (_broken.Any)
            {
                return;
            }

            try
            {
                var options = _factory.Create(Options.DefaultName);
                CheckAgainstApp(options);
                Publish(options);
                _options = options;
            }
#pragma warning disable CA1031 // After any exception from a configure lambda or a feature, the last valid plan stays in force.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Reject(exception);
                return;
            }

            if (_lastError is not null)
            {
                _lastError = null;
                _logger.ReloadRecovered();
            }
        }
    }

    private void CheckAgainstApp(HerzOptions options)
    {
        var errors = new ConfigurationErrors();
        Array.ForEach(_checks, check => check.Check(options, errors));
        if (errors.Failures.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(HerzOptions), errors.Failures);
        }
    }

    private void Publish(HerzOptions options)
    {
        try
        {
            foreach (var (_, publish) in _settings.Values)
            {
                publish(options);
            }
        }
        catch
        {
            // Some features may have applied the new plan: all return to the last plan that every feature applied.
            foreach (var (_, publish) in _settings.Values)
            {
                publish(_options);
            }

            throw;
        }
    }

    private static EnforcementMode ModeOf(object feature, HerzOptions options) => feature switch
    {
        EnforcementOptions { Mode: { } mode } => mode,
        ReportingOptions { Enabled: false } => EnforcementMode.Off,
        _ => options.Mode,
    };

    // Files raise several events for one change; a mistake and its correction are each logged once.
    private void Reject(Exception exception)
    {
        lock (_lock)
        {
            var message = Message(exception);
            if (_lastError != message)
            {
                _lastError = message;
                _logger.ReloadRejected(message);
            }
        }
    }

    // The innermost exception describes the error in a file, the outermost its path.
    private static string Message(Exception exception) => exception.InnerException is { } inner
        ? $"{exception.Message} {Message(inner)}"
        : exception.Message;
}

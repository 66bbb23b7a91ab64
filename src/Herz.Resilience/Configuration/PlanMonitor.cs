using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Herz.Resilience.Configuration;

/// <summary>
/// Holds the plan in force. At start a bad configuration is thrown; on reload it is logged once,
/// the last good plan stays, and the next good one is taken.
/// </summary>
internal sealed class PlanMonitor : IDisposable
{
    private readonly Lock _lock = new();
    private readonly IOptionsFactory<HerzOptions> _factory;
    private readonly ILogger<PlanMonitor> _logger;
    private readonly ConcurrentDictionary<Type, ISettings> _settings = new();
    private readonly IDisposable _subscription;
    private HerzOptions _options;
    private string? _lastError;

    /// <exception cref="OptionsValidationException">The configuration is not valid; the message names every mistake.</exception>
    public PlanMonitor(IOptionsFactory<HerzOptions> factory, IConfiguration configuration, ILogger<PlanMonitor> logger)
    {
        _factory = factory;
        _logger = logger;
        _options = factory.Create(Options.DefaultName);
        _subscription = ChangeToken.OnChange(configuration.GetSection(HerzOptions.SectionName).GetReloadToken, Reload);
    }

    /// <summary>The part of one feature, which follows every reload.</summary>
    public Settings<TOptions> Part<TOptions>(Func<HerzOptions, TOptions> select) where TOptions : class
    {
        lock (_lock)
        {
            return (Settings<TOptions>)_settings.GetOrAdd(typeof(TOptions), _ => new Settings<TOptions>(_options, select));
        }
    }

    public void Dispose() => _subscription.Dispose();

    private void Reload()
    {
        lock (_lock)
        {
            try
            {
                var options = _factory.Create(Options.DefaultName);
                _options = options;
                foreach (var settings in _settings.Values)
                {
                    settings.Publish(options);
                }

                // File providers announce one change more than once; a bad one is still told once, and its mending too.
                if (_lastError is not null)
                {
                    _lastError = null;
                    _logger.ReloadRecovered();
                }
            }
#pragma warning disable CA1031 // Whatever a configure lambda throws, the last good plan stays in force.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                if (_lastError != exception.Message)
                {
                    _lastError = exception.Message;
                    _logger.ReloadRejected(exception.Message);
                }
            }
        }
    }
}

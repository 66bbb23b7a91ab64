using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Herz.Resilience.Configuration;

/// <summary>
/// Tracks configuration files that could not be read at their last change. Their provider is left empty and reports nothing, so
/// the next reload of any other source would find no section and put the defaults in force.
/// </summary>
internal sealed class BrokenSources : IDisposable
{
    private readonly ConcurrentDictionary<IConfigurationProvider, IChangeToken> _broken = new();
    private readonly List<FileConfigurationSource> _tracked = [];
    private readonly Action<Exception> _onBroken;

    /// <param name="configuration">The configuration of the app; one that is not a root has no files to track.</param>
    /// <param name="onBroken">Called for each failure to read a changed file.</param>
    public BrokenSources(IConfiguration configuration, Action<Exception> onBroken)
    {
        _onBroken = onBroken;
        Track(configuration);
    }

    /// <summary>Whether any file could not be read and has not been reloaded since.</summary>
    public bool Any => _broken.Values.Any(static reloaded => !reloaded.HasChanged);

    public void Dispose()
    {
        foreach (var source in _tracked)
        {
            source.OnLoadException -= OnLoadException;
        }
    }

    private void Track(IConfiguration configuration)
    {
        foreach (var provider in (configuration as IConfigurationRoot)?.Providers ?? [])
        {
            if (provider is FileConfigurationProvider { Source: { } source })
            {
                source.OnLoadException += OnLoadException;
                _tracked.Add(source);
            }
            else if (provider is ChainedConfigurationProvider chained)
            {
                Track(chained.Configuration);
            }
        }
    }

    private void OnLoadException(FileLoadExceptionContext context)
    {
        // The app can declare that an unreadable file counts as an empty one.
        if (!context.Ignore)
        {
            _broken[context.Provider] = context.Provider.GetReloadToken();
            _onBroken(context.Exception);
        }
    }
}

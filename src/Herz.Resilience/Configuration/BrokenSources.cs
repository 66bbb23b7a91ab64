using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Herz.Resilience.Configuration;

/// <summary>
/// Knows the configuration files that could not be read when they last changed. Their provider is left empty and tells
/// nobody, so the next reload of any other source would find the section gone and fall back to the defaults.
/// </summary>
internal sealed class BrokenSources : IDisposable
{
    private readonly ConcurrentDictionary<IConfigurationProvider, IChangeToken> _broken = new();
    private readonly List<FileConfigurationSource> _watched = [];
    private readonly Action<Exception> _onBroken;

    /// <param name="configuration">The configuration of the app; one that is no root has no files to watch.</param>
    /// <param name="onBroken">Told of each failure to read a changed file.</param>
    public BrokenSources(IConfiguration configuration, Action<Exception> onBroken)
    {
        _onBroken = onBroken;
        Watch(configuration);
    }

    /// <summary>Whether some file could not be read and has not been since.</summary>
    public bool Any => _broken.Values.Any(static reloaded => !reloaded.HasChanged);

    public void Dispose()
    {
        foreach (var source in _watched)
        {
            source.OnLoadException -= OnLoadException;
        }
    }

    private void Watch(IConfiguration configuration)
    {
        foreach (var provider in (configuration as IConfigurationRoot)?.Providers ?? [])
        {
            if (provider is FileConfigurationProvider { Source: { } source })
            {
                source.OnLoadException += OnLoadException;
                _watched.Add(source);
            }
            else if (provider is ChainedConfigurationProvider chained)
            {
                Watch(chained.Configuration);
            }
        }
    }

    private void OnLoadException(FileLoadExceptionContext context)
    {
        // The app may have said that an unreadable file is as good as an empty one.
        if (!context.Ignore)
        {
            _broken[context.Provider] = context.Provider.GetReloadToken();
            _onBroken(context.Exception);
        }
    }
}

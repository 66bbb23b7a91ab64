using System.Collections.Concurrent;

namespace Herz.Resilience.Outbound.Dependencies;

/// <summary>
/// The dependencies of the app, by the authority of their calls and by name. Bounded: beyond the limit the least recently used tenth is
/// forgotten. A reload changes settings and hosts, and keeps the state of every dependency.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="limit">The maximum number of dependencies.</param>
internal sealed class DependencyTable(TimeProvider time, int limit = DependencyTable.DefaultLimit)
{
    public const int DefaultLimit = 10_000;

    private const int MaxLabels = 100;
    private const string OtherLabel = "other";

    private readonly ConcurrentDictionary<string, TrackedDependency> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _evicting = new();
    private volatile ConcurrentDictionary<string, TrackedDependency> _byAuthority = new(StringComparer.OrdinalIgnoreCase);
    private volatile OutboundPlan _plan = OutboundPlan.Default;
    private int _count;
    private int _labels;

    /// <summary>All dependencies.</summary>
    public IEnumerable<TrackedDependency> All => _byName.Values;

    /// <summary>The number of dependencies.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Called with each dependency that is forgotten.</summary>
    public Action<TrackedDependency> Forgotten { get; set; } = static _ => { };

    /// <summary>Sets new settings.</summary>
    public void Apply(OutboundPlan plan)
    {
        _plan = plan;

        // Authorities may belong to other names now. A call that still uses an old dictionary finds a dependency with its new settings.
        _byAuthority = new(StringComparer.OrdinalIgnoreCase);
        foreach (var dependency in _byName.Values)
        {
            dependency.Settings = plan.SettingsOf(dependency.Name);
        }
    }

    /// <summary>The dependency of a call.</summary>
    /// <param name="uri">The address of the call.</param>
    /// <param name="isGrpc">Whether its service is part of the dependency.</param>
    public TrackedDependency Find(Uri uri, bool isGrpc)
    {
        var service = isGrpc ? ServiceOf(uri.AbsolutePath) : default;
        var host = uri.Host;
        Span<char> buffer = stackalloc char[512];
        var authorities = _byAuthority;
        if (uri.IsDefaultPort && service.Length == 0)
        {
            return authorities.TryGetValue(host, out var known) ? known : Add(authorities, host, host);
        }

        var authority = Write(buffer, uri, host, service);
        return authorities.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(authority, out var found) ? found : Add(authorities, authority.ToString(), host);
    }

    /// <summary>The dependency with a name, for code that is not HTTP.</summary>
    public TrackedDependency Find(string name) => _byName.TryGetValue(name, out var known) ? known : Create(name);

    private TrackedDependency Add(ConcurrentDictionary<string, TrackedDependency> authorities, string authority, string host)
    {
        var name = _plan.NameOf(authority) ?? authority;
        var dependency = _byName.TryGetValue(name, out var known) ? known : Create(name);
        dependency.Reaches(InsideHosts.Contains(host));
        authorities[authority] = dependency;
        Evict();
        return dependency;
    }

    private TrackedDependency Create(string name)
    {
        var label = _byName.ContainsKey(name) || Interlocked.Increment(ref _labels) <= MaxLabels ? name : OtherLabel;
        var created = new TrackedDependency(name, label, _plan.SettingsOf(name), time.TimestampFrequency);
        created.Touch(Math.Max(time.GetTimestamp(), time.TimestampFrequency));
        var dependency = _byName.GetOrAdd(name, created);
        if (dependency == created)
        {
            Interlocked.Increment(ref _count);
            Evict();
        }

        return dependency;
    }

    private void Evict()
    {
        if (Volatile.Read(ref _count) <= limit && _byAuthority.Count <= 2 * limit)
        {
            return;
        }

        lock (_evicting)
        {
            // A call in flight keeps its dependency, which is then found no more.
            var keep = limit - (limit / 10);
            foreach (var old in _byName.Values.OrderByDescending(static dependency => dependency.LastUsed).Skip(keep))
            {
                if (_byName.TryRemove(KeyValuePair.Create(old.Name, old)))
                {
                    Interlocked.Decrement(ref _count);
                    Forgotten(old);
                }
            }

            _byAuthority = new(StringComparer.OrdinalIgnoreCase);
        }
    }

    // A host or a service that is too long for the buffer is cut off and shares its dependency.
    private static ReadOnlySpan<char> Write(Span<char> buffer, Uri uri, string host, ReadOnlySpan<char> service)
    {
        var length = Math.Min(host.Length, buffer.Length);
        host.AsSpan(0, length).CopyTo(buffer);
        if (!uri.IsDefaultPort && buffer[length..].TryWrite($":{uri.Port}", out var written))
        {
            length += written;
        }

        if (service.Length > 0 && buffer[length..].TryWrite($"/{service}", out written))
        {
            length += written;
        }

        return buffer[..length];
    }

    private static ReadOnlySpan<char> ServiceOf(string path)
    {
        var end = path.LastIndexOf('/');
        return end > 1 ? path.AsSpan(1, end - 1) : default;
    }
}

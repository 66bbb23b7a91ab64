using System.Collections.Concurrent;

namespace Herz.Resilience.Pipeline;

/// <summary>The origins of this host. Bounded: names that come after the last place share one.</summary>
internal sealed class Origins(TimeProvider time)
{
    /// <summary>What stands before the name of background work in its label.</summary>
    public const string WorkPrefix = "background ";

    private const string Others = "others";
    private const int MaxSources = 2_000;
    private const int HostBits = 10;

    private static long s_hosts;

    private readonly ConcurrentDictionary<(string Name, OriginKind Kind), OriginSource> _sources = new();
    private readonly long _host = Interlocked.Increment(ref s_hosts) & ((1 << HostBits) - 1);
    private int _count;
    private long _window;

    /// <summary>How many pieces of background work wait or run; set by who runs them.</summary>
    public Func<int> PendingWork { get; set; } = static () => 0;

    /// <summary>The number of the open window: when it began, and of which host it is, since the heap is the process's.</summary>
    public long Window
    {
        get
        {
            if (Volatile.Read(ref _window) == 0)
            {
                Interlocked.CompareExchange(ref _window, NextWindow(), 0);
            }

            return Volatile.Read(ref _window);
        }
    }

    /// <summary>When a window began.</summary>
    public static DateTimeOffset BeganAt(long window) => DateTimeOffset.FromUnixTimeMilliseconds(window >> HostBits);

    /// <summary>Whether two windows are of the same host.</summary>
    public static bool AreOfOneHost(long window, long other) => ((window ^ other) & ((1 << HostBits) - 1)) == 0;

    /// <summary>The source of an origin.</summary>
    /// <param name="name">The endpoint, or the name of background work.</param>
    /// <param name="kind">What it is.</param>
    public OriginSource Of(string name, OriginKind kind)
    {
        if (_sources.TryGetValue((name, kind), out var known))
        {
            return known;
        }

        name = Volatile.Read(ref _count) < MaxSources ? name : Others;
        var label = kind is OriginKind.Work or OriginKind.Loop ? WorkPrefix + name : name;
        var created = new OriginSource(label, kind, Window);
        var source = _sources.GetOrAdd((name, kind), created);
        if (source == created)
        {
            Interlocked.Increment(ref _count);
        }

        return source;
    }

    /// <summary>Closes the window of every source.</summary>
    /// <returns>The tokens under which anything began, with their sources.</returns>
    public List<(OriginSource Source, OriginToken Closed)> CloseWindow()
    {
        Volatile.Write(ref _window, NextWindow());
        var closed = new List<(OriginSource, OriginToken)>();
        foreach (var (_, source) in _sources)
        {
            var token = source.Close(Window);
            if (token.IsUsed)
            {
                closed.Add((source, token));
            }
        }

        return closed;
    }

    private long NextWindow() => (time.GetUtcNow().ToUnixTimeMilliseconds() << HostBits) | _host;
}

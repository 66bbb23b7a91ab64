using System.Collections.Concurrent;

namespace Herz.Resilience.Origins;

/// <summary>The origins of this host. Bounded: names that come after the last place share one.</summary>
internal sealed class OriginRegistry(TimeProvider time)
{
    /// <summary>What stands before the name of background work in its label.</summary>
    public const string WorkPrefix = "background ";

    /// <summary>What stands before the name of background work without a deadline.</summary>
    public const string LoopPrefix = WorkPrefix + "loop ";

    /// <summary>The label of what hosted services begin.</summary>
    public const string HostedServices = "hosted services";

    private const string Others = "others";
    private const int MaxSources = 2_000;

    // Names of background work are the app's own invention: they must not take the places of endpoints.
    private const int MaxWorkSources = 500;
    private const int KindBits = 3;
    private const int SourceBits = 9 + KindBits;

    private static long s_hosts;

    private readonly ConcurrentDictionary<(string Name, OriginKind Kind), OriginSource> _sources = new();
    private readonly long _host = (Interlocked.Increment(ref s_hosts) << KindBits) & ((1 << SourceBits) - 1);
    private int _count;
    private int _workCount;
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
    public static DateTimeOffset BeganAt(long window) => DateTimeOffset.FromUnixTimeMilliseconds(window >> SourceBits);

    /// <summary>Whether two windows are of the same host and of the same kind of origin.</summary>
    public static bool AreAlike(long window, long other) => ((window ^ other) & ((1 << SourceBits) - 1)) == 0;

    /// <summary>Whether a label is of what runs for as long as the app does.</summary>
    public static bool IsEndless(string label) => label == HostedServices || label.StartsWith(LoopPrefix, StringComparison.Ordinal);

    /// <summary>The source of an origin.</summary>
    /// <param name="name">The endpoint, or the name of background work.</param>
    /// <param name="kind">What it is.</param>
    public OriginSource Of(string name, OriginKind kind)
    {
        if (_sources.TryGetValue((name, kind), out var known))
        {
            return known;
        }

        var isWork = kind is OriginKind.Work or OriginKind.Loop;
        ref var count = ref isWork ? ref _workCount : ref _count;
        name = Volatile.Read(ref count) < (isWork ? MaxWorkSources : MaxSources) ? name : Others;
        var label = kind switch
        {
            OriginKind.Work => WorkPrefix + name,
            OriginKind.Loop => LoopPrefix + name,
            _ => name,
        };
        var created = new OriginSource(label, kind, Window);
        var source = _sources.GetOrAdd((name, kind), created);
        if (source == created)
        {
            Interlocked.Increment(ref count);
        }

        return source;
    }

    /// <summary>Closes the window of every source.</summary>
    /// <returns>The tokens under which anything began, with their sources.</returns>
    public List<(OriginSource Source, OriginToken Closed)> CloseWindow()
    {
        // Never the same twice, nor less: the clock on the wall may go back.
        var next = Math.Max(NextWindow(), Window + (1 << SourceBits));
        Volatile.Write(ref _window, next);
        var closed = new List<(OriginSource, OriginToken)>();
        foreach (var (_, source) in _sources)
        {
            if (source.Close(next) is { IsUsed: true } token)
            {
                closed.Add((source, token));
            }
        }

        return closed;
    }

    private long NextWindow() => (time.GetUtcNow().ToUnixTimeMilliseconds() << SourceBits) | _host;
}

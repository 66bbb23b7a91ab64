using System.Collections.Concurrent;

namespace Herz.Resilience.Origins;

/// <summary>The origins of this host. Bounded: names beyond the limit share one source.</summary>
internal sealed class OriginRegistry(TimeProvider time)
{
    /// <summary>The label prefix of background work.</summary>
    public const string WorkPrefix = "background ";

    /// <summary>The label prefix of background work without a deadline.</summary>
    public const string LoopPrefix = WorkPrefix + "loop ";

    /// <summary>The label of work started by hosted services.</summary>
    public const string HostedServices = "hosted services";

    private const string Others = "others";
    private const int MaxSources = 2_000;

    // The app chooses the names of background work, so they must not use up the limit for endpoints.
    private const int MaxWorkSources = 500;
    private const int KindBits = 3;
    private const int SourceBits = 9 + KindBits;

    private static long s_hosts;

    private readonly ConcurrentDictionary<(string Name, OriginKind Kind), OriginSource> _sources = new();
    private readonly Lock _adding = new();
    private OriginSource[] _all = new OriginSource[16];
    private readonly long _host = (Interlocked.Increment(ref s_hosts) << KindBits) & ((1 << SourceBits) - 1);
    private int _count;
    private int _workCount;
    private long _window;

    /// <summary>The number of pieces of background work that wait or run; set by the work runner.</summary>
    public Func<int> PendingWork { get; set; } = static () => 0;

    /// <summary>The number of the open window: its start time and its host, because all hosts of a process share one heap.</summary>
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

    /// <summary>How often background work, hosted services and loops have begun or resumed: the load of an app without requests.</summary>
    public long Activity
    {
        get
        {
            var (sum, all) = (0L, Volatile.Read(ref _all));
            for (var index = 0; index < all.Length && Volatile.Read(ref all[index]) is { } source; index++)
            {
                sum += source.Activity;
            }

            return sum;
        }
    }

    /// <summary>The start time of a window.</summary>
    public static DateTimeOffset BeganAt(long window) => DateTimeOffset.FromUnixTimeMilliseconds(window >> SourceBits);

    /// <summary>Whether two windows belong to the same host and the same kind of origin.</summary>
    public static bool AreAlike(long window, long other) => ((window ^ other) & ((1 << SourceBits) - 1)) == 0;

    /// <summary>Whether a label belongs to work that runs as long as the app.</summary>
    public static bool IsEndless(string label) => label == HostedServices || label.StartsWith(LoopPrefix, StringComparison.Ordinal);

    /// <summary>The source of an origin.</summary>
    /// <param name="name">The endpoint, or the name of background work.</param>
    /// <param name="kind">The kind of origin.</param>
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
        lock (_adding)
        {
            if (_sources.TryGetValue((name, kind), out known))
            {
                return known;
            }

            var created = new OriginSource(label, kind, Window);
            count++;
            Append_NeedsLock(created);
            _sources[(name, kind)] = created;
            return created;
        }
    }

    /// <summary>Closes the window of every source.</summary>
    /// <param name="closed">Receives each token under which any work started, with its source. Nothing is allocated for the others.</param>
    public void CloseWindow(Action<OriginSource, OriginToken>? closed = null)
    {
        // Window numbers must always increase, but the wall clock may go back.
        var next = Math.Max(NextWindow(), Window + (1 << SourceBits));
        Volatile.Write(ref _window, next);
        var all = Volatile.Read(ref _all);
        for (var index = 0; index < all.Length && Volatile.Read(ref all[index]) is { } source; index++)
        {
            if (source.Close(next) is { } token)
            {
                closed?.Invoke(source, token);
            }
        }
    }

    private void Append_NeedsLock(OriginSource source)
    {
        var at = _count + _workCount - 1;
        if (at == _all.Length)
        {
            var larger = new OriginSource[2 * at];
            _all.CopyTo(larger, 0);
            Volatile.Write(ref _all, larger);
        }

        Volatile.Write(ref _all[at], source);
    }

    private long NextWindow() => (time.GetUtcNow().ToUnixTimeMilliseconds() << SourceBits) | _host;
}

namespace Herz.Resilience.Outbound.Pauses;

/// <summary>
/// The pure core of obeying <c>Retry-After</c>. A pause belongs to the kind of call that was answered so. All calls pause on evidence
/// that the dependency as a whole asks for it: three kinds were answered so, and no call has succeeded since the first of them.
/// </summary>
internal sealed class Pauses
{
    /// <summary>The number of kinds from which on all calls pause.</summary>
    public const int KindsForAll = 3;

    // More kinds than this at once are evidence against the dependency anyway, unless calls succeed in between.
    private const int MaxKinds = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Pause> _kinds = [];
    private int _answered;
    private Pause _all;
    private long _latest;

    /// <summary>Whether any pause may be in force: one read for each call of a dependency that has ever sent a <c>Retry-After</c>.</summary>
    public bool IsAny(long now) => now < Volatile.Read(ref _latest);

    /// <summary>The pause of a kind of call, or null.</summary>
    public Pause? Of(int kind, long now)
    {
        lock (_lock)
        {
            if (now < _all.Until)
            {
                return _all;
            }

            return _kinds.TryGetValue(kind, out var pause) && now < pause.Until ? pause : null;
        }
    }

    /// <summary>A call was answered with <c>Retry-After</c>.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="now">The time.</param>
    /// <param name="ticks">The time to wait.</param>
    /// <param name="status">The status of the answer.</param>
    /// <param name="pausesAll">Whether all calls pause at once.</param>
    /// <returns>Whether all calls pause now and did not before.</returns>
    public bool Add(int kind, long now, long ticks, int status, bool pausesAll)
    {
        lock (_lock)
        {
            var pause = new Pause(now + ticks, status);
            var isNew = !_kinds.TryGetValue(kind, out var known);
            if (isNew && _kinds.Count >= MaxKinds)
            {
                Forget_NeedsLock(now);
            }

            if (!isNew || _kinds.Count < MaxKinds)
            {
                _kinds[kind] = pause.Until > known.Until ? pause with { IsFresh = true } : known with { IsFresh = true };
            }

            _answered += isNew || !known.IsFresh ? 1 : 0;
            _latest = Math.Max(_latest, pause.Until);
            if (!pausesAll && _answered < KindsForAll)
            {
                return false;
            }

            var wasPaused = now < _all.Until;
            _all = pause.Until > _all.Until ? pause : _all;
            return !wasPaused;
        }
    }

    /// <summary>A call succeeded, so not the whole dependency asks for a pause.</summary>
    public void Succeeded(long now)
    {
        lock (_lock)
        {
            _answered = 0;
            foreach (var (kind, pause) in _kinds.ToArray())
            {
                _kinds[kind] = pause with { IsFresh = false };
            }

            Forget_NeedsLock(now);
        }
    }

    private void Forget_NeedsLock(long now)
    {
        foreach (var (kind, pause) in _kinds.ToArray())
        {
            if (pause.Until <= now)
            {
                _kinds.Remove(kind);
            }
        }
    }
}

/// <summary>A time until which calls are refused.</summary>
/// <param name="Until">The timestamp of its end.</param>
/// <param name="Status">The status of the answer that asked for it.</param>
/// <param name="IsFresh">Whether no call has succeeded since that answer.</param>
internal readonly record struct Pause(long Until, int Status, bool IsFresh = false);

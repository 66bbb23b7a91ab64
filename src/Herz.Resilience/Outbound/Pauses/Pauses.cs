namespace Herz.Resilience.Outbound.Pauses;

/// <summary>
/// The pure core of obeying <c>Retry-After</c>. A pause belongs to the kind of call that was answered so: its path and its account. All calls
/// of an account pause on evidence: three paths were answered so, and no call of the account has succeeded for two seconds. The circuit of
/// one route is no reason to refuse calls of another, and the limit of one account none to refuse those of another.
/// </summary>
/// <param name="frequency">Clock ticks per second.</param>
internal sealed class Pauses(long frequency)
{
    /// <summary>The number of paths from which on all calls of an account pause.</summary>
    public const int PathsForAll = 3;

    private const int MaxKinds = 64;
    private const int MaxAccounts = 64;

    private readonly Lock _lock = new();
    private readonly long _withoutSuccess = 2 * frequency;
    private readonly Dictionary<CallKey, Pause> _kinds = [];
    private readonly Dictionary<int, AccountEvidence> _accounts = [];
    private Pause _all;
    private long _latest;
    private volatile bool _hasEvidence;

    /// <summary>Whether any pause may be in force: one read for each call of a dependency that has ever sent a <c>Retry-After</c>.</summary>
    public bool IsAny(long now) => now < Volatile.Read(ref _latest);

    /// <summary>Whether a success changes anything.</summary>
    public bool HasEvidence => _hasEvidence;

    /// <summary>The pause of a call, or null.</summary>
    public Pause? Of(CallKey key, long now)
    {
        lock (_lock)
        {
            return now < _all.Until ? _all
                : _accounts.TryGetValue(key.Account, out var account) && now < account.Pause.Until ? account.Pause
                : _kinds.TryGetValue(key, out var pause) && now < pause.Until ? pause
                : null;
        }
    }

    /// <summary>A call was answered with <c>Retry-After</c>.</summary>
    /// <param name="key">The call.</param>
    /// <param name="now">The time.</param>
    /// <param name="ticks">The time to wait.</param>
    /// <param name="status">The status of the answer.</param>
    /// <param name="pausesAll">Whether all calls to the dependency pause at once.</param>
    /// <returns>Whether all calls of its account pause now and did not before.</returns>
    public bool Add(CallKey key, long now, long ticks, int status, bool pausesAll)
    {
        lock (_lock)
        {
            var pause = new Pause(now + ticks, status);
            _latest = Math.Max(_latest, pause.Until);
            if (pausesAll)
            {
                return Extend(ref _all, pause, now);
            }

            Keep_NeedsLock(key, pause, now);
            if (EvidenceOf_NeedsLock(key.Account, now) is not { } account)
            {
                return false;
            }

            account.Paths.Add(key.Path);
            return account.Paths.Count >= PathsForAll && now - account.Since >= _withoutSuccess && Extend(ref account.Pause, pause, now);
        }
    }

    /// <summary>A call succeeded, so not all calls of its account are asked to wait.</summary>
    public void Succeeded(CallKey key)
    {
        lock (_lock)
        {
            _accounts.Remove(key.Account);
            _hasEvidence = _accounts.Count > 0;
        }
    }

    private void Keep_NeedsLock(CallKey key, Pause pause, long now)
    {
        if (_kinds.TryGetValue(key, out var known))
        {
            _kinds[key] = pause.Until > known.Until ? pause : known;
            return;
        }

        if (_kinds.Count >= MaxKinds)
        {
            foreach (var (old, _) in _kinds.Where(entry => entry.Value.Until <= now).ToArray())
            {
                _kinds.Remove(old);
            }
        }

        if (_kinds.Count < MaxKinds)
        {
            _kinds.Add(key, pause);
        }
    }

    private AccountEvidence? EvidenceOf_NeedsLock(int account, long now)
    {
        if (_accounts.TryGetValue(account, out var known))
        {
            return known;
        }

        if (_accounts.Count >= MaxAccounts)
        {
            // The least recent evidence is the least likely to grow.
            _accounts.Remove(_accounts.MinBy(static entry => Math.Max(entry.Value.Since, entry.Value.Pause.Until)).Key);
        }

        _hasEvidence = true;
        return _accounts[account] = new AccountEvidence(now);
    }

    private static bool Extend(ref Pause current, Pause pause, long now)
    {
        var wasPaused = now < current.Until;
        current = pause.Until > current.Until ? pause : current;
        return !wasPaused;
    }

    /// <param name="since">The first answer since the last success of the account.</param>
    private sealed class AccountEvidence(long since)
    {
        public Pause Pause;

        public long Since { get; } = since;

        public HashSet<int> Paths { get; } = [];
    }
}

/// <summary>A time until which calls are refused.</summary>
/// <param name="Until">The timestamp of its end.</param>
/// <param name="Status">The status of the answer that asked for it.</param>
internal readonly record struct Pause(long Until, int Status);

/// <summary>What distinguishes calls to one dependency.</summary>
/// <param name="Path">The hash of the method and the path without identifiers.</param>
/// <param name="Account">The hash of the credentials.</param>
internal readonly record struct CallKey(int Path, int Account);

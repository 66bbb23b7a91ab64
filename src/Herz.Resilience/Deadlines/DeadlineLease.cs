namespace Herz.Resilience.Deadlines;

/// <summary>The deadline of one piece of work within its tier. Dispose it when the work has ended.</summary>
public sealed class DeadlineLease : IDisposable
{
    private static readonly AsyncLocal<DeadlineLease?> s_current = new();

    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _linked;
    private readonly DeadlineLease? _parent;
    private readonly Action<DeadlineTier> _onExceeded;
    private readonly long _end;
    private bool _disposed;

    internal DeadlineLease(TimeProvider time, DeadlineTier tier, TimeSpan duration, Action<DeadlineTier> onExceeded, CancellationToken request, CancellationToken caller)
    {
        _time = time;
        _onExceeded = onExceeded;
        _parent = Current;
        Tier = tier;
        _end = duration == Timeout.InfiniteTimeSpan
            ? long.MaxValue
            : time.GetTimestamp() + (long)(duration.TotalSeconds * time.TimestampFrequency);
        _timeout = new CancellationTokenSource(duration, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource([_timeout.Token, request, caller, _parent?.Token ?? default]);
        Token = _linked.Token;
        s_current.Value = this;
    }

    /// <summary>The tier that was entered.</summary>
    public DeadlineTier Tier { get; }

    /// <summary>Ends when this deadline passes, when the one around it does, or when the client leaves.</summary>
    public CancellationToken Token { get; }

    /// <summary>What remains; zero once the deadline has passed, <see cref="TimeSpan.MaxValue"/> where deadlines are not enforced.</summary>
    public TimeSpan Remaining
    {
        get
        {
            if (_end == long.MaxValue)
            {
                return TimeSpan.MaxValue;
            }

            var left = _time.GetElapsedTime(_time.GetTimestamp(), _end);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Whether it was this tier's deadline that passed, not one around it.</summary>
    public bool IsExpired => _timeout.IsCancellationRequested;

    internal static DeadlineLease? Current
    {
        get
        {
            // A child task may have kept a lease that its parent has disposed since.
            var lease = s_current.Value;
            while (lease is { _disposed: true })
            {
                lease = lease._parent;
            }

            return lease;
        }
    }

    /// <summary>Ends the lease; the tier around it is current again.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (s_current.Value == this)
        {
            s_current.Value = _parent;
        }

        if (IsExpired)
        {
            _onExceeded(Tier);
        }

        _linked.Dispose();
        _timeout.Dispose();
    }
}

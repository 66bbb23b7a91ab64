namespace Herz.Resilience.Deadlines;

/// <summary>The deadline of one piece of work, and the ambient one of what it calls.</summary>
internal sealed class DeadlineLease : IDeadlineLease
{
    private static readonly AsyncLocal<DeadlineLease?> s_current = new();

    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _linked;
    private readonly DeadlineLease? _parent;
    private readonly Action<string> _onExceeded;
    private readonly long _end;
    private bool _disposed;

    public DeadlineLease(TimeProvider time, string tier, TimeSpan duration, Action<string> onExceeded, CancellationToken request, CancellationToken caller)
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

    public string Tier { get; }

    public CancellationToken Token { get; }

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

    public bool IsExpired => _timeout.IsCancellationRequested;

    public static DeadlineLease? Current
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

using Herz.Resilience.Origins;

namespace Herz.Resilience.Deadlines;

/// <summary>The deadline of one piece of work. It is the ambient deadline of everything that the work calls.</summary>
internal sealed class DeadlineLease : AmbientPart, IDeadlineLease
{
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _linked;
    private readonly AmbientWork? _outer;
    private readonly Action<string> _onExceeded;
    private readonly long _end;
    private bool _disposed;

    public DeadlineLease(TimeProvider time, string tier, TimeSpan duration, Action<string> onExceeded, CancellationToken request, CancellationToken caller)
    {
        _time = time;
        _onExceeded = onExceeded;
        _outer = Enclosing;
        Whole = _outer?.Root;
        Tier = tier;
        _end = duration == Timeout.InfiniteTimeSpan
            ? long.MaxValue
            : time.GetTimestamp() + (long)(duration.TotalSeconds * time.TimestampFrequency);
        _timeout = new CancellationTokenSource(duration, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource([_timeout.Token, request, caller, Current?.Token ?? default]);
        Token = _linked.Token;
        AmbientWork.Current = this;
    }

    public override long Ends => _disposed ? _outer?.Ends ?? long.MaxValue : Math.Min(_end, _outer?.Ends ?? long.MaxValue);

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

    public static new DeadlineLease? Current => Enclosing as DeadlineLease;

    private static AmbientWork? Enclosing
    {
        get
        {
            // A child task may still hold a lease that its parent has disposed.
            var work = AmbientWork.Current;
            while (work is DeadlineLease { _disposed: true } ended)
            {
                work = ended._outer;
            }

            return work;
        }
    }

    /// <summary>Ends the lease. The enclosing tier becomes the current one again.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (AmbientWork.Current == this)
        {
            AmbientWork.Current = _outer;
        }

        if (IsExpired)
        {
            _onExceeded(Tier);
        }

        _linked.Dispose();
        _timeout.Dispose();
    }
}

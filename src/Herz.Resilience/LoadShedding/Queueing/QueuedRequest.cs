using System.Threading.Tasks.Sources;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Refusals;

namespace Herz.Resilience.LoadShedding.Queueing;

/// <summary>
/// A queued request. It continues from the end of the thread pool's queue, behind the arrivals there: a decision about those is
/// cheap and must not wait until this request has run.
/// </summary>
internal sealed class QueuedRequest(LoadSheddingGuard guard, RequestScope scope, SheddingPart part)
    : Waiter, IValueTaskSource<Refusal?>, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<Refusal?> _result;
    private bool _admitted;

    public ValueTask<Refusal?> Verdict => new(this, _result.Version);

    public override void Settle(bool admitted, long now)
    {
        _admitted = admitted;
        if (admitted && part.Gate.IsInBulkhead && guard.Threads.TryRun(this))
        {
            return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Execute()
    {
        if (!_admitted)
        {
            _result.SetResult(part.Refuse());
            return;
        }

        Refusal? refusal;
        try
        {
            refusal = guard.TryBegin(scope, part) ? null : part.Refuse();
        }
#pragma warning disable CA1031 // Reported to the awaiting code; on this thread it would end the process.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // The place in flight is already released.
            _result.SetException(exception);
            return;
        }

        _result.SetResult(refusal);
    }

    public Refusal? GetResult(short token) => _result.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _result.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _result.OnCompleted(continuation, state, token, flags);
}

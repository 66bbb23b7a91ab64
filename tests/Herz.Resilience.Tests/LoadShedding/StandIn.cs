using Herz.Resilience.LoadShedding.Queueing;

namespace Herz.Resilience.Tests.LoadShedding;

/// <summary>A queued request that records its outcome.</summary>
internal sealed class StandIn : Waiter
{
    private readonly TaskCompletionSource<bool> _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it was admitted.</summary>
    public Task<bool> Settled => _settled.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public bool IsSettled => _settled.Task.IsCompleted;

    public override void Settle(bool admitted, long now) => _settled.SetResult(admitted);
}

using Herz.Resilience.LeakWatchdog;

namespace Herz.Resilience.Benchmarks.Leaks;

/// <summary>Records the reported leak changes.</summary>
internal sealed class LeakChangeRecorder : ILeakObserver
{
    private readonly TaskCompletionSource<LeakChange> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<LeakChange> _changes = [];

    public Task<LeakChange> First => _first.Task;

    public LeakChange[] Changes
    {
        get
        {
            lock (_changes)
            {
                return [.. _changes];
            }
        }
    }

    public void OnLeakChanged(LeakChange change)
    {
        lock (_changes)
        {
            _changes.Add(change);
        }

        _first.TrySetResult(change);
    }
}

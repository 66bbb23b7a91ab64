using Herz.Resilience.LeakWatchdog.Windows;
using Herz.Resilience.Origins;

namespace Herz.Resilience.LeakWatchdog.Signals;

/// <summary>Reads the signals of the process.</summary>
internal sealed class SignalReader(RequestTracker requests, OriginRegistry origins, LoadMeters meters, TimeProvider time)
{
    private readonly ResourceCounter _resources = new();
    private readonly PoolDelay _pool = new(time);
    private TimeSpan _lastPause = GC.GetTotalPauseDuration();
    private long _lastTimestamp = time.GetTimestamp();
    private long _lastArrived;
    private long _lastActivity = origins.Activity;
    private double _lastMetered = meters.Read();

    public Sample Read()
    {
        var values = new double[SignalCatalog.Count];
        values[(int)Signal.Timers] = Timer.ActiveCount;
        values[(int)Signal.PoolThreads] = ThreadPool.ThreadCount;
        values[(int)Signal.PoolQueue] = ThreadPool.PendingWorkItemCount;
        values[(int)Signal.PoolDelay] = _pool.Measure().TotalMilliseconds;
        var resources = _resources.Count();
        values[(int)Signal.Threads] = resources.Threads;
        values[(int)Signal.FileDescriptors] = resources.FileDescriptors;
        values[(int)Signal.Sockets] = resources.Sockets;
        values[(int)Signal.OldGenerationBytes] = ReadOldGeneration();
        values[(int)Signal.PauseShare] = TakePauseShare();
        values[(int)Signal.ActiveRequests] = requests.Active;
        values[(int)Signal.BackgroundWork] = origins.PendingWork();
        var arrived = requests.Arrived;
        var (activity, metered) = (origins.Activity, meters.Read());
        var sample = new Sample(time.GetUtcNow(), arrived - _lastArrived, requests.Lasting, values)
        {
            Work = activity - _lastActivity,
            Metered = Math.Max(0, metered - _lastMetered),
        };
        (_lastArrived, _lastActivity, _lastMetered) = (arrived, activity, metered);
        return sample;
    }

    // Only the size right after a full collection shows what is alive; between two collections it includes garbage.
    private static long ReadOldGeneration()
    {
        var info = GC.GetGCMemoryInfo(GCKind.FullBlocking);
        var background = GC.GetGCMemoryInfo(GCKind.Background);
        var last = background.Index > info.Index ? background : info;
        return last.Index == 0 ? 0 : last.GenerationInfo[2].SizeAfterBytes + last.GenerationInfo[3].SizeAfterBytes;
    }

    private double TakePauseShare()
    {
        var pause = GC.GetTotalPauseDuration();
        var now = time.GetTimestamp();
        var elapsed = time.GetElapsedTime(_lastTimestamp, now);
        var share = elapsed > TimeSpan.Zero ? Math.Clamp((pause - _lastPause) / elapsed, 0, 1) : 0;
        (_lastPause, _lastTimestamp) = (pause, now);
        return share;
    }
}

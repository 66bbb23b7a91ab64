using System.Diagnostics;

namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>A thread that looks at the clock all the time: the largest gap it sees is the longest pause of the process, or the machine's noise.</summary>
internal sealed class PauseProbe : IDisposable
{
    private readonly Thread _thread;
    private long _largest;
    private volatile bool _end;

    public PauseProbe()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "pause probe" };
        _thread.Start();
    }

    public double LargestOver(int milliseconds)
    {
        Begin();
        using var wait = new ManualResetEventSlim();
        wait.Wait(milliseconds);
        return End();
    }

    public void Begin() => Interlocked.Exchange(ref _largest, 0);

    public double End() => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _largest)).TotalMilliseconds;

    public void Dispose()
    {
        _end = true;
        _thread.Join();
    }

    private void Run()
    {
        var last = Stopwatch.GetTimestamp();
        while (!_end)
        {
            var now = Stopwatch.GetTimestamp();
            if (now - last > Interlocked.Read(ref _largest))
            {
                Interlocked.Exchange(ref _largest, now - last);
            }

            last = now;
        }
    }
}

using System.Diagnostics;
using System.Globalization;

namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>
/// A thread that reads the clock continuously. The largest gap is the longest pause of the process, or noise of the machine.
/// The kernel's count of time that the thread was ready without a processor is subtracted, because it is not a pause.
/// </summary>
internal sealed class PauseMeter : IDisposable
{
    private const string Accounts = "/proc/thread-self/schedstat";

    // Reading the kernel's count takes some microseconds, so it is read for large gaps only.
    private static readonly long s_minGap = Stopwatch.Frequency / 100_000;

    private readonly Thread _thread;
    private long _largest;
    private long _reads;
    private volatile bool _end;

    public PauseMeter()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "pause meter" };
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

    public double End()
    {
        // The read after the current one records a pause that ends now.
        var reads = Interlocked.Read(ref _reads);
        SpinWait.SpinUntil(() => Interlocked.Read(ref _reads) >= reads + 2);
        return Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _largest)).TotalMilliseconds;
    }

    public void Dispose()
    {
        _end = true;
        _thread.Join();
    }

    private void Run()
    {
        using var accounts = File.OpenHandle(Accounts);
        var queued = Queued(accounts);
        var last = Stopwatch.GetTimestamp();
        while (!_end)
        {
            // Gaps are contiguous, so a pause is recorded wherever it starts in this loop.
            var now = Stopwatch.GetTimestamp();
            var gap = now - last;
            last = now;
            if (gap >= s_minGap)
            {
                var before = queued;
                queued = Queued(accounts);
                gap -= (long)((queued - before) * (Stopwatch.Frequency / 1e9));
            }

            if (gap > Interlocked.Read(ref _largest))
            {
                Interlocked.Exchange(ref _largest, gap);
            }

            Interlocked.Increment(ref _reads);
        }
    }

    // The second number: nanoseconds spent ready to run, without a processor (Documentation/scheduler/sched-stats.rst of the kernel).
    private static long Queued(Microsoft.Win32.SafeHandles.SafeFileHandle accounts)
    {
        Span<byte> text = stackalloc byte[96];
        var read = RandomAccess.Read(accounts, text, 0);
        var words = text[..read];
        words = words[(words.IndexOf((byte)' ') + 1)..];
        return long.Parse(words[..words.IndexOf((byte)' ')], CultureInfo.InvariantCulture);
    }
}

using System.Diagnostics;
using System.Globalization;

namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>
/// A thread that looks at the clock all the time: the largest gap it sees is the longest pause of the process, or the machine's noise.
/// The time for which it could have run and had no processor, as the kernel accounts for it, is taken off: that is no pause.
/// </summary>
internal sealed class PauseProbe : IDisposable
{
    private const string Accounts = "/proc/thread-self/schedstat";

    // Telling why costs some microseconds: it is asked only of gaps that may be told of.
    private static readonly long s_worthAsking = Stopwatch.Frequency / 100_000;

    private readonly Thread _thread;
    private long _largest;
    private long _looks;
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

    public double End()
    {
        // A pause that ends only now is told by the look after the one under way.
        var looks = Interlocked.Read(ref _looks);
        SpinWait.SpinUntil(() => Interlocked.Read(ref _looks) >= looks + 2);
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
            // No time is lost between one look and the next: a pause may begin anywhere in here.
            var now = Stopwatch.GetTimestamp();
            var gap = now - last;
            last = now;
            if (gap >= s_worthAsking)
            {
                var before = queued;
                queued = Queued(accounts);
                gap -= (long)((queued - before) * (Stopwatch.Frequency / 1e9));
            }

            if (gap > Interlocked.Read(ref _largest))
            {
                Interlocked.Exchange(ref _largest, gap);
            }

            Interlocked.Increment(ref _looks);
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

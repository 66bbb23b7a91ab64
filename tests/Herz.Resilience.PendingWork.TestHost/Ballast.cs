using System.Diagnostics;

namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>A heap of ordinary objects, and threads that keep the garbage collector busy.</summary>
internal static class Ballast
{
    private static readonly List<object?[]> s_kept = [];

    public static void Fill(int megabytes)
    {
        var random = new Random(1);
        for (long bytes = 0; bytes < (long)megabytes << 20;)
        {
            var block = new object?[1000];
            for (var i = 0; i < block.Length; i++)
            {
                var payload = new byte[random.Next(100, 300)];
                block[i] = Tuple.Create(payload, i.ToString(System.Globalization.CultureInfo.InvariantCulture), i > 0 ? block[i - 1] : null);
                bytes += payload.Length + 110;
            }

            s_kept.Add(block);
        }
    }

    /// <summary>Allocates and collects until the token is cancelled.</summary>
    public static Thread Storm(CancellationToken until)
    {
        var thread = new Thread(() =>
        {
            var random = new Random(2);
            var ring = new object[5000];
            for (var i = 0; !until.IsCancellationRequested; i++)
            {
                ring[i % ring.Length] = new byte[random.Next(50, 3000)];
                if (i % 2000 == 0)
                {
                    GC.Collect(i % 3, GCCollectionMode.Forced, blocking: i % 4000 == 0);
                }
            }
        }) { IsBackground = true, Name = "storm" };
        thread.Start();
        return thread;
    }

    /// <summary>Allocates at a steady rate until the token is cancelled, and keeps the last few megabytes alive.</summary>
    public static Thread Allocate(int megabytesPerSecond, CancellationToken until)
    {
        var thread = new Thread(() =>
        {
            var random = new Random(3);
            var ring = new object[5000];
            var start = Stopwatch.GetTimestamp();
            long bytes = 0;
            for (var i = 0; !until.IsCancellationRequested; i++)
            {
                var size = random.Next(50, 3000);
                ring[i % ring.Length] = new byte[size];
                bytes += size;
                if (i % 256 == 0 && bytes > Stopwatch.GetElapsedTime(start).TotalSeconds * megabytesPerSecond * 1048576)
                {
                    until.WaitHandle.WaitOne(1);
                }
            }
        }) { IsBackground = true, Name = "allocate" };
        thread.Start();
        return thread;
    }
}

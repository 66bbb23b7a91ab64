namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>A heap of ordinary objects, and threads that keep the collector busy.</summary>
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

    /// <summary>Allocates and collects until the token ends.</summary>
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
}

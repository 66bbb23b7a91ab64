using System.Net;

namespace Herz.Resilience.RateLimiting.Buckets;

/// <summary>
/// The permits that a request took from one bucket, linked to those it took earlier. They go back to the same bucket, even if
/// the request's address or headers, or the configuration, have changed since.
/// </summary>
internal sealed class TakenPermits
{
    private const int MaxIdle = 64;

    [ThreadStatic]
    private static TakenPermits? t_idle;

    [ThreadStatic]
    private static int t_idleCount;

    private int _cost;
    private long _state;

    private TakenPermits()
    {
    }

    /// <summary>The buckets from which the permits were taken.</summary>
    public LimitBuckets Buckets { get; private set; } = null!;

    /// <summary>The partition.</summary>
    public ulong Key { get; private set; }

    /// <summary>The permits taken earlier.</summary>
    public TakenPermits? Earlier { get; private set; }

    /// <summary>The address of the request at that time, if the bucket depends on it.</summary>
    public IPAddress? Client { get; private set; }

    /// <summary>How long the request must wait for these and all earlier permits.</summary>
    public TimeSpan Wait { get; private set; }

    /// <param name="buckets">The buckets from which they were taken.</param>
    /// <param name="key">The partition.</param>
    /// <param name="cost">The number of permits.</param>
    /// <param name="state">The state of the bucket after the take.</param>
    /// <param name="wait">How long the request must wait for them.</param>
    /// <param name="client">The address that chose the bucket, if one did.</param>
    /// <param name="earlier">The permits taken earlier.</param>
    public static TakenPermits Record(LimitBuckets buckets, ulong key, int cost, long state, TimeSpan wait, IPAddress? client, TakenPermits? earlier)
    {
        var taken = t_idle;
        if (taken is null)
        {
            taken = new TakenPermits();
        }
        else
        {
            t_idle = taken.Earlier;
            t_idleCount--;
        }

        taken.Buckets = buckets;
        taken.Key = key;
        taken._cost = cost;
        taken._state = state;
        taken.Wait = earlier is not null && earlier.Wait > wait ? earlier.Wait : wait;
        taken.Client = client;
        taken.Earlier = earlier;
        return taken;
    }

    /// <summary>The request has waited for these and all earlier permits.</summary>
    public void Waited() => Wait = TimeSpan.Zero;

    /// <summary>Gives back all from <paramref name="last"/> to <paramref name="until"/>, exclusive.</summary>
    public static void GiveBack(TakenPermits? last, TakenPermits? until = null)
    {
        for (var taken = last; taken is not null && taken != until; taken = taken.Earlier)
        {
            taken.Buckets.Refund(taken.Key, taken._cost, taken._state);
        }
    }

    /// <summary>Gives back the permits taken from clients' buckets.</summary>
    public static void GiveBackClients(TakenPermits? last)
    {
        for (var taken = last; taken is not null; taken = taken.Earlier)
        {
            if (taken.Client is not null)
            {
                taken.Buckets.Refund(taken.Key, taken._cost, taken._state);
                taken._cost = 0;
                taken.Client = null;
            }
        }
    }

    /// <summary>Keeps the records of an ended request for reuse.</summary>
    public static void Recycle(TakenPermits? last)
    {
        while (last is not null)
        {
            var earlier = last.Earlier;
            last.Client = null;
            if (t_idleCount < MaxIdle)
            {
                last.Earlier = t_idle;
                t_idle = last;
                t_idleCount++;
            }

            last = earlier;
        }
    }
}

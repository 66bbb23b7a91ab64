using System.Net;

namespace Herz.Resilience.RateLimiting.Buckets;

/// <summary>
/// The permits that a request has taken from one bucket, linked to what it took before. What is given back goes to the bucket it was
/// taken from, whatever has become of the request's address, headers or configuration since.
/// </summary>
internal sealed class TakenPermits
{
    private const int MostIdle = 64;

    [ThreadStatic]
    private static TakenPermits? t_idle;

    [ThreadStatic]
    private static int t_idleCount;

    private int _cost;
    private long _state;

    private TakenPermits()
    {
    }

    /// <summary>Where the permits were taken.</summary>
    public LimitBuckets Buckets { get; private set; } = null!;

    /// <summary>The partition.</summary>
    public ulong Key { get; private set; }

    /// <summary>What was taken before.</summary>
    public TakenPermits? Earlier { get; private set; }

    /// <summary>The address that the request had, where the bucket is that of its client.</summary>
    public IPAddress? Client { get; private set; }

    /// <summary>How long the request must wait until the permits are there.</summary>
    public TimeSpan Wait { get; private set; }

    /// <param name="buckets">Where they were taken.</param>
    /// <param name="key">The partition.</param>
    /// <param name="cost">How many.</param>
    /// <param name="state">What that left behind in the bucket.</param>
    /// <param name="wait">When they are there.</param>
    /// <param name="client">The address by which the bucket was chosen, if it was.</param>
    /// <param name="earlier">What was taken before.</param>
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

    /// <summary>The request has waited for these and for what it took before.</summary>
    public void Waited() => Wait = TimeSpan.Zero;

    /// <summary>Gives back everything from <paramref name="last"/> to <paramref name="until"/>, which stays.</summary>
    public static void GiveBack(TakenPermits? last, TakenPermits? until = null)
    {
        for (var taken = last; taken is not null && taken != until; taken = taken.Earlier)
        {
            taken.Buckets.Refund(taken.Key, taken._cost, taken._state);
        }
    }

    /// <summary>Gives back what was taken from clients' buckets.</summary>
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

    /// <summary>The request has ended; nobody looks at these any more.</summary>
    public static void Recycle(TakenPermits? last)
    {
        while (last is not null)
        {
            var earlier = last.Earlier;
            last.Client = null;
            if (t_idleCount < MostIdle)
            {
                last.Earlier = t_idle;
                t_idle = last;
                t_idleCount++;
            }

            last = earlier;
        }
    }
}

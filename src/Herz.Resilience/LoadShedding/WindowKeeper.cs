namespace Herz.Resilience.LoadShedding;

/// <summary>Decides when enough is measured of an endpoint, and feeds it to its finder. Under the lock of the shedder.</summary>
/// <param name="perSecond">Ticks of a timestamp in a second.</param>
internal sealed class WindowKeeper(double perSecond)
{
    private const int EnoughSamples = 16;
    private const double LongestWindow = 0.5;
    private const double SmallError = 0.15;

    /// <summary>Ends the window of an endpoint if it has measured enough, and begins the next.</summary>
    public void Close(EndpointGate gate, long now)
    {
        if (!gate.IsSampling)
        {
            if (gate.InFlight <= gate.DrainedAt || gate.Finder.GiveUpDraining(now / perSecond))
            {
                gate.Restart_NeedsLock(now, now + Shortest(gate), now);
            }

            return;
        }

        var window = gate.Read(now / perSecond, (now - gate.WindowBegan) / perSecond);
        if (gate.WindowBegan == 0)
        {
            gate.Restart_NeedsLock(now, now + Shortest(gate), 0);
        }
        else if (!IsEnough(gate.Finder, window))
        {
            gate.Extend_NeedsLock(now + (Shortest(gate) / 2));
        }
        else
        {
            gate.Finder.Observe(window);
            gate.Restart_NeedsLock(now, now + Shortest(gate), gate.Finder.Phase == LimitPhase.Draining ? long.MaxValue : 0);
        }
    }

    private static bool IsEnough(LimitFinder finder, in LoadWindow window)
    {
        var isDrained = finder.Phase == LimitPhase.Draining;
        var ended = window.Completed + window.GivenUp;
        if (ended == 0 || window.Seconds < (isDrained ? Math.Min(finder.DrainSeconds, LongestWindow) : finder.WindowSeconds))
        {
            return false;
        }

        // Where times vary much a mean needs more of them.
        return window.Seconds >= LongestWindow
            || (ended >= (isDrained ? 2 * EnoughSamples : EnoughSamples) && finder.ErrorOf(window) < SmallError * window.Mean);
    }

    private long Shortest(EndpointGate gate) => (long)(gate.Finder.WindowSeconds * perSecond);
}

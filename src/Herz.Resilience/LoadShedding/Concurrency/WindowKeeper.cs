namespace Herz.Resilience.LoadShedding.Concurrency;

/// <summary>Decides when enough is measured of an endpoint, and feeds it to its finder. Under the lock of the shedder.</summary>
/// <param name="perSecond">Ticks of a timestamp in a second.</param>
internal sealed class WindowKeeper(double perSecond)
{
    private const int EnoughSamples = 16;
    private const double LongestWindow = 0.5;
    private const double SmallError = 0.15;
    private const double LookEvery = 0.005;
    private const double StuckSeconds = 2;

    /// <summary>Ends the window of an endpoint if it has measured enough, and begins the next.</summary>
    /// <param name="gate">The endpoint.</param>
    /// <param name="now">The time.</param>
    /// <param name="began">When the request began that ends now.</param>
    public void Close_NeedsLock(EndpointGate gate, long now, long began)
    {
        // Threads may come here in another order than they looked at the clock.
        now = Math.Max(now, gate.LastClose);
        gate.LastClose = now;
        var finder = gate.Finder;
        var before = finder.Phase;
        var at = now / perSecond;
        var counts = gate.Count();
        if (before == LimitPhase.Testing)
        {
            finder.Look(at, gate.Left_NeedsLock(counts), gate.InFlightOfItsOwn, gate.Queue.Count > 0 || gate.Refused || gate.AreMostGivenUp_NeedsLock(counts), gate.IsObserved);
        }
        else
        {
            var window = gate.Read_NeedsLock(counts, at, (now - gate.WindowBegan) / perSecond);
            if (window.Before == 0 && window.Left + window.GivenUp == 1)
            {
                // The first after some rest, or of all: it began with that one.
                gate.WindowBegan = began;
                gate.Filling = (now - began) / perSecond;
                gate.Extend_NeedsLock(now + (long)(finder.WindowSeconds * perSecond));
                return;
            }

            if (!IsEnough(finder, window))
            {
                gate.Extend_NeedsLock(now + (long)(finder.WindowSeconds * perSecond / 2));
                return;
            }

            finder.Observe(window, gate.Left_NeedsLock(counts));
        }

        var isTesting = finder.Phase == LimitPhase.Testing;
        gate.Restart_NeedsLock(counts, now, now + (long)((isTesting ? LookEvery : finder.WindowSeconds) * perSecond), isNew: !isTesting || before != finder.Phase);
    }

    /// <summary>
    /// Looks at an endpoint while none of its requests ends: lifts a limit under which nothing has ended for two seconds,
    /// since nothing speaks for it any more.
    /// </summary>
    public void Sweep_NeedsLock(EndpointGate gate, long now, long _)
    {
        var finder = gate.Finder;
        if (finder.Phase == LimitPhase.Open)
        {
            return;
        }

        if (finder.Phase == LimitPhase.Testing)
        {
            Close_NeedsLock(gate, now, now);
        }

        var left = gate.Left_NeedsLock(gate.Count());
        if (left != gate.LeftAtProgress || gate.InFlight == 0)
        {
            (gate.LeftAtProgress, gate.Progress) = (left, now);
        }
        else if (now - gate.Progress >= StuckSeconds * perSecond)
        {
            Open_NeedsLock(gate, now);
        }
    }

    /// <summary>Ends an experiment that has shown nothing yet, and has held a request for too long.</summary>
    public void GiveUp_NeedsLock(EndpointGate gate, long now, long _)
    {
        if (gate.Finder.IsUnproven)
        {
            Open_NeedsLock(gate, now);
        }
    }

    private void Open_NeedsLock(EndpointGate gate, long now)
    {
        gate.Finder.Open();
        gate.Restart_NeedsLock(gate.Count(), now, now + (long)(gate.Finder.WindowSeconds * perSecond), isNew: true);
    }

    private static bool IsEnough(LimitFinder finder, in LoadWindow window)
    {
        var ended = window.Left + window.GivenUp;
        if (ended == 0 || window.Seconds < finder.WindowSeconds)
        {
            return false;
        }

        // Where times vary much a mean needs more of them.
        return window.Seconds >= LongestWindow
            || (ended >= EnoughSamples && (finder.Phase == LimitPhase.Open || window.Error < SmallError * window.Mean));
    }
}

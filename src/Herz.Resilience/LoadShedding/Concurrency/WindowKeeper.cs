namespace Herz.Resilience.LoadShedding.Concurrency;

/// <summary>Decides when enough was measured of an endpoint, and passes the window to its limit finder. Under the lock of the shedder.</summary>
/// <param name="perSecond">Clock ticks per second.</param>
internal sealed class WindowKeeper(double perSecond)
{
    private const int EnoughSamples = 16;
    private const double LongestWindow = 0.5;
    private const double SmallError = 0.15;
    private const double LookEvery = 0.005;
    private const double StuckSeconds = 2;

    /// <summary>Ends the window of an endpoint if it has measured enough, and starts the next one.</summary>
    /// <param name="gate">The endpoint.</param>
    /// <param name="now">The time.</param>
    /// <param name="start">When the request that ends now entered.</param>
    public void Close_NeedsLock(EndpointGate gate, long now, long start)
    {
        // Threads may arrive in another order than they read the clock.
        var state = gate.State;
        now = Math.Max(now, state.LastCheck);
        state.LastCheck = now;
        var finder = state.Finder;
        var before = finder.Phase;
        var counts = gate.ReadEnded();
        if (before == LimitPhase.Testing)
        {
            var inFlight = Math.Max(0, gate.InFlight - state.WaitingForClients);
            finder.Look(now / perSecond, state.EndedOnTheirOwn(counts), inFlight, state.Queue.Count > 0 || state.Refused || state.AreMostGivenUp(counts), state.IsObserved);
        }
        else
        {
            var window = state.Read(counts, now, gate.InFlight);
            if (window.Before == 0 && window.Left + window.GivenUp == 1)
            {
                // The first request after an idle time, or of all: the window started with it.
                state.WindowStart = start;
                state.FillingSeconds = (now - start) / perSecond;
                gate.CheckWindowAt_NeedsLock(now + (long)(finder.WindowSeconds * perSecond));
                return;
            }

            if (!IsEnough(finder, window))
            {
                gate.CheckWindowAt_NeedsLock(now + (long)(finder.WindowSeconds * perSecond / 2));
                return;
            }

            finder.Observe(window, state.EndedOnTheirOwn(counts));
        }

        var isTesting = finder.Phase == LimitPhase.Testing;
        Restart_NeedsLock(gate, counts, now, isTesting ? LookEvery : finder.WindowSeconds, isNew: !isTesting || before != finder.Phase);
    }

    /// <summary>
    /// Checks an endpoint while none of its requests ends: lifts a limit under which nothing has ended for two seconds, since it has
    /// no evidence any more.
    /// </summary>
    public void Sweep_NeedsLock(EndpointGate gate, long now, long _)
    {
        var state = gate.State;
        if (state.Finder.Phase == LimitPhase.Open)
        {
            return;
        }

        if (state.Finder.Phase == LimitPhase.Testing)
        {
            Close_NeedsLock(gate, now, now);
        }

        var ended = state.EndedOnTheirOwn(gate.ReadEnded());
        if (ended != state.EndedAtProgress || gate.InFlight == 0)
        {
            (state.EndedAtProgress, state.LastProgress) = (ended, now);
        }
        else if (now - state.LastProgress >= StuckSeconds * perSecond)
        {
            Open_NeedsLock(gate, now);
        }
    }

    /// <summary>Ends an experiment that has shown nothing yet and has held a request for too long.</summary>
    public void GiveUp_NeedsLock(EndpointGate gate, long now, long _)
    {
        if (gate.State.Finder.IsUnproven)
        {
            Open_NeedsLock(gate, now);
        }
    }

    private void Open_NeedsLock(EndpointGate gate, long now)
    {
        gate.State.Finder.Open();
        Restart_NeedsLock(gate, gate.ReadEnded(), now, gate.State.Finder.WindowSeconds, isNew: true);
    }

    private void Restart_NeedsLock(EndpointGate gate, in EndedRequests.EndedCounts counts, long now, double seconds, bool isNew)
    {
        var state = gate.State;
        if (isNew)
        {
            state.StartWindow(counts, now, gate.InFlight);
        }

        gate.CheckWindowAt_NeedsLock(now + (long)(seconds * perSecond));
        if (state.Finder.Phase == LimitPhase.Open)
        {
            (state.EndedAtProgress, state.LastProgress) = (state.EndedOnTheirOwn(counts), now);
        }

        gate.PublishLimit_NeedsLock();
    }

    private static bool IsEnough(LimitFinder finder, in LoadWindow window)
    {
        var ended = window.Left + window.GivenUp;
        if (ended == 0 || window.Seconds < finder.WindowSeconds)
        {
            return false;
        }

        // If times vary widely, a mean needs more of them.
        return window.Seconds >= LongestWindow
            || (ended >= EnoughSamples && (finder.Phase == LimitPhase.Open || window.Error < SmallError * window.Mean));
    }
}

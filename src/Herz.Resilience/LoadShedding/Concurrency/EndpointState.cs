using Herz.Resilience.LoadShedding.Queueing;

namespace Herz.Resilience.LoadShedding.Concurrency;

/// <summary>What the shedder knows about one endpoint: its queue, its current window and its limit. Only under the lock of the shedder.</summary>
/// <param name="perSecond">Clock ticks per second.</param>
internal sealed class EndpointState(double perSecond)
{
    private const double Smoothing = 0.2;

    private EndedRequests.EndedCounts _windowStart;
    private EndedRequests.EndedCounts _lastCounts;
    private long _answered;
    private int _inFlightAtStart;

    public LimitFinder Finder { get; } = new();

    public WaitingQueue Queue { get; } = new();

    /// <summary>Since when its queue is not empty; meaningless while it is.</summary>
    public long QueuedSince { get; set; }

    public long WindowStart { get; set; }

    /// <summary>The time of the last check.</summary>
    public long LastCheck { get; set; }

    /// <summary>The seconds of the window that passed before the first request could end.</summary>
    public double FillingSeconds { get; set; }

    /// <summary>Whether a request met the limit in this window.</summary>
    public bool HitLimit { get; set; }

    /// <summary>Whether a request was refused in this window.</summary>
    public bool Refused { get; set; }

    /// <summary>Whether a request that meets the limit runs anyway.</summary>
    public bool IsObserved { get; set; }

    /// <summary>When a request last ended, as far as seen.</summary>
    public long LastProgress { get; set; }

    /// <summary>How many had ended by then.</summary>
    public long EndedAtProgress { get; set; }

    /// <summary>The average number of requests that wait for their client and do not load the endpoint.</summary>
    public double WaitingForClients { get; private set; }

    /// <summary>How many requests have ended on their own since the process began.</summary>
    public long EndedOnTheirOwn(in EndedRequests.EndedCounts counts)
    {
        _answered += (counts - _lastCounts).Answered;
        _lastCounts = counts;
        return _answered + counts.FailedTotal;
    }

    /// <summary>Whether places are free because many requests of the window were given up.</summary>
    public bool AreMostGivenUp(in EndedRequests.EndedCounts counts) => counts - _windowStart is var window && window.GivenUp > window.Answered / 4;

    /// <summary>Starts a window.</summary>
    public void StartWindow(in EndedRequests.EndedCounts counts, long now, int inFlight)
    {
        WindowStart = now;
        FillingSeconds = 0;
        HitLimit = Queue.Count > 0;
        Refused = false;
        _windowStart = counts;
        _inFlightAtStart = inFlight;
    }

    /// <summary>What was measured since the window started.</summary>
    public LoadWindow Read(in EndedRequests.EndedCounts counts, long now, int inFlight)
    {
        var window = counts - _windowStart;
        var (at, seconds) = (now / perSecond, (now - WindowStart) / perSecond);
        var left = window.Answered + window.Failed;
        var present = window.AnsweredSeconds + window.GivenUpSeconds;

        if (seconds >= Finder.WindowSeconds)
        {
            // By Little's law. An average over a window that has only just started means nothing.
            var clients = window.ClientTicks / perSecond / seconds;
            WaitingForClients = clients > WaitingForClients ? clients : WaitingForClients + (Smoothing * (clients - WaitingForClients));
        }

        var before = Math.Max(0, _inFlightAtStart - WaitingForClients);
        var after = Math.Max(0, inFlight - WaitingForClients);
        if (window.Answered == 0)
        {
            return new LoadWindow(at, seconds, before, after, 0, left, window.GivenUp, 0, present, 0, HitLimit, Refused, FillingSeconds);
        }

        // Requests that were given up took their time too: a mean over the others would end at the deadline.
        var mean = present / window.Answered;
        var variance = (window.Squares / window.Answered) - (mean * mean);
        var error = window.GivenUp > 0 ? mean / Math.Sqrt(window.Answered) : Math.Sqrt(Math.Max(0, variance) / window.Answered);
        return new LoadWindow(at, seconds, before, after, window.Answered, left, window.GivenUp, window.AnsweredSeconds / window.Answered, mean, error, HitLimit, Refused, FillingSeconds);
    }
}

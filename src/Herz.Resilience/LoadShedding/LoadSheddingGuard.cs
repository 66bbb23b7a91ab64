using Herz.Resilience.Configuration;
using Herz.Resilience.LoadShedding.Concurrency;
using Herz.Resilience.LoadShedding.Queueing;
using Herz.Resilience.LoadShedding.Threads;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.Pipeline.Outcomes;
using Herz.Resilience.Pipeline.Refusals;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.LoadShedding;

/// <summary>Admits each request through its <see cref="EndpointGate"/> or the <see cref="Shedder"/>, and reports when the request has truly ended.</summary>
internal sealed class LoadSheddingGuard : RequestGuard, IDisposable
{
    private const long Held = 1;
    private const long Measured = 2;
    private static readonly TimeSpan s_sweep = TimeSpan.FromMilliseconds(10);

    private readonly PoolDelaySampler _probe;
    private readonly CpuGauge _cpu;
    private readonly TimeProvider _time;
    private readonly RefusalCounter _refusals;
    private readonly ILogger<LoadSheddingGuard> _logger;
    private readonly ITimer _timer;
    private volatile PriorityPlan _plan = null!;
    private long _poolDelay;
    private int _isArmed;

    public LoadSheddingGuard(
        Settings<LoadSheddingOptions> settings, TimeProvider time, RefusalCounter refusals, LoadSheddingMetrics metrics, ILogger<LoadSheddingGuard> logger)
    {
        _time = time;
        _refusals = refusals;
        _logger = logger;
        _cpu = new CpuGauge(time, CgroupCpu.Available(), static () => Environment.CpuUsage.TotalTime);
        Shedder = new Shedder(Bounds(settings.Value), time.TimestampFrequency, Environment.ProcessorCount, OnChange);
        _probe = new PoolDelaySampler(time, OnAnswer);
        _timer = time.CreateTimer(static state => ((LoadSheddingGuard)state!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        settings.Follow((options, mode) =>
        {
            _plan = new PriorityPlan(options, mode);
            Shedder.Settings = Bounds(options);
        });
        metrics.Observe(Shedder, () => time.GetElapsedTime(0, Volatile.Read(ref _poolDelay)).TotalSeconds, () => _cpu.Share);
    }

    public Shedder Shedder { get; }

    /// <summary>The bulkhead for handlers that block.</summary>
    public HandlerThreads Threads { get; } = new(ThreadShare.BulkheadThreads, TimeSpan.FromSeconds(20));

    public override GuardPlace Place => GuardPlace.LoadShedding;

    public override GuardPhases Phases => GuardPhases.Enter | GuardPhases.Release | GuardPhases.Exit;

    public override ValueTask<Refusal?> EnterAsync(RequestScope scope, GuardedEndpoint endpoint)
    {
        var plan = _plan;
        if (plan.Mode == EnforcementMode.Off)
        {
            return default;
        }

        var part = Find(plan, endpoint);
        scope.Priority = plan.Of(scope.Context!, part.Priority);
        if (part.IsExempt || part.Gate.IsStreaming)
        {
            return default;
        }

        _probe.Ask(scope.StartTimestamp);
        if (part.Gate.RecordsAnswerStart)
        {
            scope.WatchAnswer();
        }

        if (part.Gate.TryEnter(scope.Priority))
        {
            Begin(scope, part, part.Gate.IsToBeMeasured || IsSample(scope));
            return default;
        }

        return plan.Mode == EnforcementMode.Enforce ? Queue(scope, part) : Observe(scope, part);
    }

    public override void Release(RequestScope scope)
    {
        ref var state = ref scope.State(this);
        if (state == 0)
        {
            return;
        }

        var gate = PartOf(scope).Gate;
        var isMeasured = (state & Measured) != 0;
        var began = state & ~(Held | Measured);
        var cpuSeconds = isMeasured && gate.HoldsThreadsLong ? ThreadCpu.Since(began) : double.NaN;
        state &= ~Held;
        gate.Release(isMeasured ? _time.GetElapsedTime(began).TotalSeconds : double.NaN, cpuSeconds);
    }

    public override void Exit(RequestScope scope, in RequestOutcome outcome)
    {
        var state = scope.State(this);
        if (state == 0)
        {
            return;
        }

        var gate = PartOf(scope).Gate;
        if (IsStream(scope, outcome))
        {
            gate.IsStreaming = true;
        }

        // The time that the client took to send its body and to receive its answer is not the endpoint's.
        var began = state & ~(Held | Measured);
        var client = outcome.ClientTicks + (scope.AnswerTimestamp > began ? Math.Max(0, outcome.EndTimestamp - scope.AnswerTimestamp) : 0);
        var ending = outcome.Kind switch
        {
            OutcomeKind.DeadlineExceeded or OutcomeKind.ClientGone => RequestEnding.GivenUp,
            OutcomeKind.Ok when !gate.IsStreaming && outcome.EndTimestamp - client <= scope.Deadline => RequestEnding.Answered,
            OutcomeKind.Refused => RequestEnding.Unused,
            _ => RequestEnding.Failed,
        };
        gate.Leave(began, outcome.EndTimestamp, ending, holdsThread: (state & Held) != 0, client);
    }

    /// <summary>
    /// Starts a queued request that was admitted; false if its client has left in the meantime. In any case the place in flight is
    /// either used by the request or released.
    /// </summary>
    public bool TryBegin(RequestScope scope, SheddingPart part)
    {
        bool isGone;
        try
        {
            isGone = scope.IsClientGone();
        }
        catch
        {
            GiveBack(part);
            throw;
        }

        if (isGone)
        {
            GiveBack(part);
            return false;
        }

        Begin(scope, part, isMeasured: true);
        return true;
    }

    /// <summary>Releases the place in flight of a request that did not start.</summary>
    public void GiveBack(SheddingPart part)
    {
        var now = _time.GetTimestamp();
        part.Gate.Leave(now, now, RequestEnding.Unused, holdsThread: true);
    }

    public void Dispose() => _timer.Dispose();

    private ValueTask<Refusal?> Queue(RequestScope scope, SheddingPart part)
    {
        var request = new QueuedRequest(this, scope, part) { Priority = scope.Priority, Since = _time.GetTimestamp(), Deadline = scope.Deadline };
        var verdict = request.Verdict;
        switch (Shedder.Offer(part.Gate, request))
        {
            case Queueing.Verdict.Admitted:
                Begin(scope, part, isMeasured: true);
                return default;
            case Queueing.Verdict.Refused:
                Arm();
                return new(part.Refuse());
            default:
                Arm();
                return verdict;
        }
    }

    private ValueTask<Refusal?> Observe(RequestScope scope, SheddingPart part)
    {
        if (!part.Gate.EnterAnyway(scope.Priority))
        {
            _refusals.Count(part.Refuse(), enforced: false);
        }

        Begin(scope, part, isMeasured: true);
        return default;
    }

    // The two lowest bits of the timestamp, a few nanoseconds, store what must be released at the end.
    private void Begin(RequestScope scope, SheddingPart part, bool isMeasured)
    {
        try
        {
            Mark(scope, part, isMeasured);
        }
        catch
        {
            // The pipeline then continues without this guard and never calls its exit.
            GiveBack(part);
            throw;
        }
    }

    private void Mark(RequestScope scope, SheddingPart part, bool isMeasured)
    {
        var began = (isMeasured ? _time.GetTimestamp() : scope.StartTimestamp) & ~(Held | Measured);
        scope.State(this) = began | Held | (isMeasured ? Measured : 0);
        if (isMeasured && part.Gate.HoldsThreadsLong)
        {
            ThreadCpu.Begin(began);
        }
    }

    // One request in eight measures how long handlers hold their threads; this costs two more timestamps.
    private static bool IsSample(RequestScope scope) => ((scope.StartTimestamp >> 4) & 7) == 0;

    private static bool IsStream(RequestScope scope, in RequestOutcome outcome) =>
        outcome.StatusCode == StatusCodes.Status101SwitchingProtocols
        || scope.Context?.Response.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true;

    private SheddingPart PartOf(RequestScope scope) => (SheddingPart)scope.Entered!.Part(this)!;

    private SheddingPart Find(PriorityPlan plan, GuardedEndpoint endpoint)
    {
        ref var part = ref endpoint.Part(this);
        if (part is SheddingPart known && known.Plan == plan)
        {
            return known;
        }

        var isExempt = endpoint.IsStreaming || endpoint.Metadata.GetMetadata<DisableHerzLoadSheddingAttribute>() is not null;
        var found = new SheddingPart(plan, Shedder.Gate(endpoint.Key), isExempt, plan.Of(endpoint));
        part = found;
        return found;
    }

    // A timer is needed only while requests are queued or refused and none ends.
    private void Arm()
    {
        if (Interlocked.Exchange(ref _isArmed, 1) == 0)
        {
            _timer.Change(s_sweep, Timeout.InfiniteTimeSpan);
        }
    }

    private void Sweep()
    {
        Volatile.Write(ref _isArmed, 0);
        Shedder.Sweep(_time.GetTimestamp());
        if (Shedder.IsBusy)
        {
            Arm();
        }
    }

    private void OnAnswer(long now, long delay)
    {
        Volatile.Write(ref _poolDelay, delay);
        switch (Shedder.ObservePool(now, delay, _cpu.Read(now)))
        {
            case true:
                _logger.PoolSaturated(_time.GetElapsedTime(0, delay).TotalMilliseconds, _cpu.Share);
                break;
            case false:
                _logger.PoolRecovered();
                break;
        }
    }

    // If a log provider of the app throws, queued requests must still be served, and the timer's thread must survive.
    private void OnChange(EndpointGate gate) => Contained.Run((_logger, gate), static change =>
    {
        var (logger, gate) = change;
        if (gate.State.Finder.IsOverloaded)
        {
            logger.EndpointOverloaded(gate.Key, gate.Limit, gate.State.Finder.Capacity);
        }
        else
        {
            logger.EndpointRecovered(gate.Key);
        }
    });

    private ShedderSettings Bounds(LoadSheddingOptions options) =>
        new(options.MaxWaiting, (long)(options.MaxQueueTime.TotalSeconds * _time.TimestampFrequency));
}

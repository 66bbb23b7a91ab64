using System.Runtime.CompilerServices;
using Herz.Resilience.Origins;
using Herz.Resilience.Pipeline.Cancellation;
using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.Pipeline.Outcomes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Herz.Resilience.Pipeline;

/// <summary>
/// The one object of a request: the deadline, the priority, the origin and what each guard remembers.
/// It stands in for the request's lifetime and endpoint features, so that the token of the deadline is made only when
/// somebody asks for it, and the endpoint is guarded wherever routing happens.
/// </summary>
internal sealed class RequestScope : AmbientWork, IHttpRequestLifetimeFeature, IEndpointFeature
{
    private static readonly Func<object, Task> s_onAnswer = static state =>
    {
        var scope = (RequestScope)state;
        scope.Rare.AnswerTimestamp = scope._pipeline.Now();
        return Task.CompletedTask;
    };

    private readonly GuardPipeline _pipeline;
    private IHttpRequestLifetimeFeature? _lifetime;
    private HttpContext? _context;
    private Endpoint? _endpoint;
    private DeadlineSource? _source;
    private long _deadline = long.MaxValue;
    private GuardStates _states;
    private RareParts? _rare;
    private byte _admitted;
    private ScopeFlags _flags;

    public RequestScope(GuardPipeline pipeline, HttpContext context, IHttpRequestLifetimeFeature lifetime, long startTimestamp)
    {
        _pipeline = pipeline;
        _context = context;
        _lifetime = lifetime;
        StartTimestamp = startTimestamp;
    }

    /// <summary>The scope of the request that this code runs for, or null outside of one.</summary>
    public static new RequestScope? Current => AmbientWork.Current?.Root as RequestScope;

    /// <summary>The one timestamp taken when the request arrived; "now" for every guard that is asked on arrival.</summary>
    public long StartTimestamp { get; }

    /// <summary>Null once the request has ended: work that outlives it must not keep or touch it.</summary>
    public HttpContext? Context => _context;

    /// <summary>The endpoint that was entered, once it was; its route is the origin of all work of this request.</summary>
    public GuardedEndpoint? Entered { get; private set; }

    /// <summary>What the request has taken from limits and may have to give back; known to their guard alone.</summary>
    public object? Permits { get; set; }

    /// <summary>Whether its answer is counted as begun, where <see cref="AmbientWork.Origin"/> counts them.</summary>
    public bool IsAnswering
    {
        get => (_flags & ScopeFlags.Answering) != 0;
        set => _flags = value ? _flags | ScopeFlags.Answering : _flags & ~ScopeFlags.Answering;
    }

    /// <summary>The priority, for whoever sheds load here or downstream.</summary>
    public RequestPriority Priority { get; set; } = RequestPriority.Default;

    /// <summary>Whether a guard refused the request.</summary>
    public bool Refused => (_flags & ScopeFlags.Refused) != 0;

    /// <summary>Whether the deadline cancelled the request's token.</summary>
    public bool DeadlineFired => _source is { Fired: true };

    /// <summary>Whether the client left; known only where somebody asked for the token.</summary>
    public bool ClientGone => _source is { IsCancellationRequested: true, Fired: false };

    /// <summary>Whether the client left, asked at the server itself: for the rare request that went wrong.</summary>
    public bool IsClientGone() => ClientGone || (!DeadlineFired && _lifetime is { RequestAborted.IsCancellationRequested: true });

    /// <summary>The pipeline that this request passes.</summary>
    public GuardPipeline Pipeline => _pipeline;

    /// <summary>
    /// What a guard remembers of this request from its admission to its exit: one number for each of
    /// load shedding, rate limiting and circuit breaking.
    /// </summary>
    public ref long State(RequestGuard guard) => ref _states[guard.Index - GuardPlaces.FirstWithState];

    /// <summary>The timestamp at which the request must be answered; <see cref="long.MaxValue"/> for never.</summary>
    public long Deadline
    {
        get => _deadline;
        set
        {
            _deadline = value;
            _source?.Rearm(value);
        }
    }

    /// <summary>How many ticks of the clock the request has waited for its client's body so far.</summary>
    public long ClientTicks => _rare?.Body is { } body ? body.WaitedAt(_pipeline.Now()) : 0;

    /// <summary>Whether it waits for its client's body now.</summary>
    public bool IsWaitingForClient => _rare?.Body is { IsWaiting: true };

    /// <summary>Whether the client broke off its body, or sent a broken one.</summary>
    public bool ClientFailed => _rare?.Body is { HasFailed: true };

    /// <summary>When the answer began; 0 while it has not, or where nobody asked for it by <see cref="WatchAnswer"/>.</summary>
    public long AnswerTimestamp => _rare?.AnswerTimestamp ?? 0;

    /// <summary>Whether the answer has begun, from when on the deadline of the request no longer applies.</summary>
    public bool HasResponseStarted => _context is { } context && context.Response.HasStarted;

    /// <summary>Whether the work of this request has a deadline: it is still running, and its answer has not begun.</summary>
    public bool IsLimited => _context is not null && _deadline != long.MaxValue && !HasResponseStarted;

    CancellationToken IHttpRequestLifetimeFeature.RequestAborted
    {
        get => (_flags & ScopeFlags.TokenReplaced) != 0 ? Rare.Override : Token;
        set
        {
            Rare.Override = value;
            _flags |= ScopeFlags.TokenReplaced;
        }
    }

    /// <summary>
    /// The token that ends with the deadline or when the client leaves, whatever middleware put in its place.
    /// Of a request that has ended, the token that it had, or none: the connection serves another request by then.
    /// </summary>
    public CancellationToken Token => _source?.Token ?? CreateSource()?.Token ?? CancellationToken.None;

    void IHttpRequestLifetimeFeature.Abort() => _lifetime?.Abort();

    Endpoint? IEndpointFeature.Endpoint
    {
        get => _endpoint;
        set => _endpoint = _pipeline.Endpoints.Guard(value);
    }

    public bool TryEnter(GuardedEndpoint endpoint)
    {
        // After the end the guards have been told the outcome: an error page that an outer middleware runs is not theirs.
        if ((_flags & ScopeFlags.Entered) != 0 || _context is null)
        {
            return false;
        }

        _flags |= ScopeFlags.Entered;
        Entered = endpoint;
        return true;
    }

    public void MarkRefused() => _flags |= ScopeFlags.Refused;

    public void MarkAdmitted(RequestGuard guard) => _admitted |= (byte)(1 << guard.Index);

    public bool WasAdmitted(RequestGuard guard) => (_admitted & (1 << guard.Index)) != 0;

    /// <summary>
    /// From now on the start of the answer is recorded in <see cref="AnswerTimestamp"/>. It costs a callback, so a guard asks for it
    /// only where an endpoint has been seen to take long.
    /// </summary>
    public void WatchAnswer()
    {
        if ((_flags & ScopeFlags.WatchesAnswer) == 0 && _context is { } context && !context.Response.HasStarted)
        {
            _flags |= ScopeFlags.WatchesAnswer;
            context.Response.OnStarting(s_onAnswer, this);
        }
    }

    /// <summary>Takes the place of the features of <paramref name="context"/>.</summary>
    public void Attach(HttpContext context)
    {
        _endpoint = _pipeline.Endpoints.Guard(context.Features.Get<IEndpointFeature>()?.Endpoint);
        context.Features.Set<IHttpRequestLifetimeFeature>(this);
        context.Features.Set<IEndpointFeature>(this);
        if (ClientBody.Attach(this, context, _lifetime!) is { } body)
        {
            Rare.Body = body;
        }
    }

    /// <summary>A read of the body no longer waits for the client, so the deadline goes on.</summary>
    public void OnClientWaited() => _source?.Resume();

    /// <summary>Waits until the server reports that the client has left, or the time is over.</summary>
    public Task WaitForClientAsync(TimeSpan time) => _lifetime is { } lifetime
        ? Task.Delay(time, TimeProvider.System, lifetime.RequestAborted).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)
        : Task.CompletedTask;

    /// <summary>Ends the scope: gives the lifetime feature back and lets go of the request.</summary>
    public void Detach()
    {
        if (_context is { } context && _lifetime is { } lifetime)
        {
            // Both refer to the connection, which this scope must not keep alive in work that outlives the request.
            _rare?.Body?.Detach();
            _context = null;
            _lifetime = null;
            context.Features.Set(lifetime);
        }

        Interlocked.MemoryBarrier();
        _source?.Disarm();
    }

    private DeadlineSource? CreateSource()
    {
        if (_context is not { } context || _lifetime is not { } lifetime)
        {
            return null;
        }

        var source = new DeadlineSource(_pipeline.Timers, this, context.Features.Get<IHttpResponseFeature>());
        if (Interlocked.CompareExchange(ref _source, source, null) is { } other)
        {
            return other;
        }

        source.Link(lifetime.RequestAborted);
        source.Rearm(_deadline);
        if (_context is null)
        {
            // Work of the request asked while the request ended, and may have come too late to be disarmed.
            source.Disarm();
        }

        return source;
    }

    private RareParts Rare => _rare ?? Interlocked.CompareExchange(ref _rare, new RareParts(), null) ?? _rare;

    /// <summary>What most requests have nothing of.</summary>
    private sealed class RareParts
    {
        public ClientBody? Body { get; set; }

        public long AnswerTimestamp { get; set; }

        public CancellationToken Override { get; set; }
    }

    [InlineArray((int)GuardPlace.Count - GuardPlaces.FirstWithState)]
    private struct GuardStates
    {
        private long _first;
    }

    [Flags]
    private enum ScopeFlags : byte
    {
        Entered = 1,
        Refused = 2,
        TokenReplaced = 4,
        Answering = 8,
        WatchesAnswer = 16,
    }
}

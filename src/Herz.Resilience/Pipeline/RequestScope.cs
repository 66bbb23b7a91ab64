using System.Runtime.CompilerServices;
using Herz.Resilience.Origins;
using Herz.Resilience.Pipeline.Cancellation;
using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.Pipeline.Outcomes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Herz.Resilience.Pipeline;

/// <summary>
/// The one object per request: the deadline, the priority, the origin and the state of each guard.
/// It replaces the request's lifetime and endpoint features, so the token of the deadline is created only on first use, and
/// the endpoint is guarded wherever routing happens.
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

    /// <summary>The scope of the request that this code runs for; null outside a request.</summary>
    public static new RequestScope? Current => AmbientWork.Current?.Root as RequestScope;

    /// <summary>The timestamp of the request's arrival, taken once; the current time for every guard that runs on arrival.</summary>
    public long StartTimestamp { get; }

    /// <summary>Null after the request has ended: work that outlives it must neither keep nor use the context.</summary>
    public HttpContext? Context => _context;

    /// <summary>The endpoint that the request entered; null before. Its route is the origin of all work of this request.</summary>
    public GuardedEndpoint? Entered { get; private set; }

    /// <summary>The permits that the request has taken and may have to give back. Only the rate-limiting guard knows their type.</summary>
    public object? Permits { get; set; }

    /// <summary>Whether <see cref="AmbientWork.Origin"/> has counted the start of this request's answer.</summary>
    public bool IsAnswering
    {
        get => (_flags & ScopeFlags.Answering) != 0;
        set => _flags = value ? _flags | ScopeFlags.Answering : _flags & ~ScopeFlags.Answering;
    }

    /// <summary>The priority, for load shedding in this app and downstream.</summary>
    public RequestPriority Priority { get; set; } = RequestPriority.Default;

    /// <summary>Whether a guard refused the request.</summary>
    public bool Refused => (_flags & ScopeFlags.Refused) != 0;

    /// <summary>Whether the deadline cancelled the request's token.</summary>
    public bool DeadlineFired => _source is { Fired: true };

    /// <summary>Whether the client left; false if the request's token was never used.</summary>
    public bool ClientGone => _source is { IsCancellationRequested: true, Fired: false };

    /// <summary>Whether the client left. It may create the server's token, so it is for failed requests only.</summary>
    public bool IsClientGone() => ClientGone || (!DeadlineFired && _lifetime is { RequestAborted.IsCancellationRequested: true });

    /// <summary>The pipeline that this request passes through.</summary>
    public GuardPipeline Pipeline => _pipeline;

    /// <summary>
    /// The state that a guard keeps for this request from its admission to its exit: one number for each of
    /// load shedding, rate limiting and circuit breaking.
    /// </summary>
    public ref long State(RequestGuard guard) => ref _states[guard.Index - GuardPlaces.FirstWithState];

    /// <summary>The timestamp by which the answer must start; <see cref="long.MaxValue"/> for no deadline.</summary>
    public long Deadline
    {
        get => _deadline;
        set
        {
            _deadline = value;
            _source?.Rearm(value);
        }
    }

    /// <summary>The ticks of the clock that the request has waited for its client's body so far.</summary>
    public long ClientTicks => _rare?.Body is { } body ? body.WaitedAt(_pipeline.Now()) : 0;

    /// <summary>Whether the request waits for its client's body now.</summary>
    public bool IsWaitingForClient => _rare?.Body is { IsWaiting: true };

    /// <summary>Whether the client's body was incomplete or invalid.</summary>
    public bool ClientFailed => _rare?.Body is { HasFailed: true };

    /// <summary>The timestamp at which the answer started; 0 before, and for a request without <see cref="WatchAnswer"/>.</summary>
    public long AnswerTimestamp => _rare?.AnswerTimestamp ?? 0;

    /// <summary>Whether the answer has started; the deadline of the request no longer applies then.</summary>
    public bool HasResponseStarted => _context is { } context && context.Response.HasStarted;

    /// <summary>Whether the deadline applies to the work of this request: the request has not ended, and its answer has not started.</summary>
    public bool IsLimited => _context is not null && _deadline != long.MaxValue && !HasResponseStarted;

    public override long Ends => IsLimited ? _deadline + ClientTicks : long.MaxValue;

    /// <summary>
    /// Whether a call of this request failed after all attempts that its dependency gets: the caller of this request should not retry it.
    /// Written by any thread.
    /// </summary>
    public bool IsRetriedInside { get; set; }

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
    /// The token that is cancelled by the deadline or when the client leaves, even if middleware has set another one on the request.
    /// After the end of the request, the token it had, or none: the connection may already serve another request.
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
        // After the end, the guards already have the outcome: an error page that an outer middleware runs does not pass them.
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
    /// Records the start of the answer in <see cref="AnswerTimestamp"/> from now on. It costs a callback, so a guard uses it only for
    /// endpoints known to have long requests.
    /// </summary>
    public void WatchAnswer()
    {
        if ((_flags & ScopeFlags.WatchesAnswer) == 0 && _context is { } context && !context.Response.HasStarted)
        {
            _flags |= ScopeFlags.WatchesAnswer;
            context.Response.OnStarting(s_onAnswer, this);
        }
    }

    /// <summary>Replaces the lifetime and endpoint features of <paramref name="context"/>.</summary>
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

    /// <summary>A read of the body no longer waits for the client, so the deadline runs again.</summary>
    public void OnClientWaited() => _source?.Resume();

    /// <summary>Waits until the server reports that the client has left, at most for the given time.</summary>
    public Task WaitForClientAsync(TimeSpan time) => _lifetime is { } lifetime
        ? Task.Delay(time, TimeProvider.System, lifetime.RequestAborted).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)
        : Task.CompletedTask;

    /// <summary>Ends the scope: restores the server's lifetime feature and releases the request.</summary>
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
            // The request ended while its work created the source, so Detach may not have seen it.
            source.Disarm();
        }

        return source;
    }

    private RareParts Rare => _rare ?? Interlocked.CompareExchange(ref _rare, new RareParts(), null) ?? _rare;

    /// <summary>State that most requests do not need.</summary>
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

using System.Net;
using Herz.Resilience.Tool.Recording;
using Herz.Resilience.Tool.Requests;
using Herz.Resilience.Tool.Running;
using Herz.Resilience.Tool.Scheduling;

namespace Herz.Resilience.Tool.Http1;

/// <summary>
/// HTTP/1.1 over plain sockets on one thread: starts due requests, reads answers, sleeps until the next start. A request without
/// a free connection opens one. At the connection limit it waits, and its latency includes the wait.
/// </summary>
internal sealed class Http1Engine : ILoadEngine, IConnectionOwner
{
    private const int MaxStartsInARow = 32;
    private const int MaxConnecting = 64;
    private const long MaxSleepNs = 20_000_000;

    private readonly LoadSettings _settings;
    private readonly IPacer _pacer;
    private readonly Recorder _recorder;
    private readonly TimeProvider _time;
    private readonly Connections _connections;
    private readonly Origin[] _originOf;
    private readonly Origin[] _origins;
    private readonly WeightedChoice _choice;
    private readonly ProblemType _problems = new();
    private readonly long _timeoutNs;
    private long _begin;
    private long _order;
    private int _busy;
    private int _waiting;

    /// <summary>Creates an engine for http URLs.</summary>
    /// <param name="settings">The settings of the run.</param>
    /// <param name="addresses">The addresses of the host, for each template.</param>
    /// <param name="pacer">Determines the starts.</param>
    /// <param name="recorder">Receives the outcomes.</param>
    /// <param name="time">The clock; only timestamps are used.</param>
    /// <param name="readiness">Polls the sockets; null for the best implementation of this system.</param>
    public Http1Engine(LoadSettings settings, IReadOnlyList<IReadOnlyList<IPEndPoint>> addresses, IPacer pacer, Recorder recorder, TimeProvider time, IReadiness? readiness = null)
    {
        _settings = settings;
        _pacer = pacer;
        _recorder = recorder;
        _time = time;
        _connections = new Connections(
            readiness ?? (OperatingSystem.IsLinux() ? new EpollReadiness() : new SelectReadiness()), [.. settings.Templates.Select(RequestBytes.Render)], this);
        _choice = new WeightedChoice(settings.Templates.Select(t => t.Weight));
        _timeoutNs = settings.Timeout.Ticks * TimeSpan.NanosecondsPerTick;
        var byAuthority = new Dictionary<string, Origin>(StringComparer.OrdinalIgnoreCase);
        _originOf = [.. settings.Templates.Select((template, i) =>
        {
            if (!byAuthority.TryGetValue(template.Url.Authority, out var origin))
            {
                byAuthority[template.Url.Authority] = origin = new Origin(addresses[i]);
            }

            return origin;
        })];
        _origins = [.. byAuthority.Values];
    }

    private long Now => (long)((_time.GetTimestamp() - _begin) * (1e9 / _time.TimestampFrequency));

    /// <inheritdoc />
    public long Run(CancellationToken cancellationToken)
    {
        _begin = _time.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            StartDue();
            var now = Now;
            _recorder.Tick(now);
            ExpireOld(now);
            if (_waiting > 0)
            {
                StartWaiting();
            }

            var open = _pacer.TryPeek(out var due);
            if (!open && _busy == 0 && _waiting == 0)
            {
                break;
            }

            var wait = _waiting > 0 ? 0 : Math.Min(open ? due - now : MaxSleepNs, MaxSleepNs);
            var found = _connections.Wait(wait);
            _recorder.Slept(found.IsEmpty || wait > 0 ? Now - now : 0);
            foreach (var ready in found)
            {
                _connections.Serve(ready);
            }
        }

        var end = Now;
        BreakOff(end);
        _recorder.Finish(end);
        return end;
    }

    /// <inheritdoc />
    public void Dispose() => _connections.Dispose();

    private void StartDue()
    {
        // Bounded, so answers are read even if the schedule is late.
        for (var i = 0; i < MaxStartsInARow && _pacer.TryPeek(out var due); i++)
        {
            var now = Now;
            if (due > now)
            {
                return;
            }

            _pacer.Take();
            _recorder.Offered(due, now);
            Start(new PendingRequest(_choice.Next(), due, _order++));
        }
    }

    private void Start(PendingRequest request)
    {
        var origin = _originOf[request.Template];
        while (origin.Idle.TryPop(out var connection))
        {
            if (!connection.IsClosed)
            {
                Send(connection, request);
                return;
            }
        }

        if (MayConnect(origin))
        {
            Connect(origin, request);
            return;
        }

        _waiting++;
        _recorder.HeldBack(request.IntendedNs);
        origin.Waiting.Enqueue(request);
    }

    // A burst of new connections would delay answers on existing connections.
    private bool MayConnect(Origin origin) => origin.Open < _settings.MaxConnections && origin.Connecting < MaxConnecting;

    private void Connect(Origin origin, PendingRequest request)
    {
        var connection = _connections.Create(origin);
        Occupy(connection, request);
        _connections.Connect(connection);
    }

    private void Occupy(Connection connection, PendingRequest request)
    {
        connection.Request = request;
        connection.IsBusy = true;
        connection.Sent = 0;
        connection.Parser.Begin(_settings.Templates[request.Template].Method == "HEAD");
        _busy++;
        connection.Origin.Deadlines.Enqueue((connection, request));
    }

    private void Send(Connection connection, PendingRequest request)
    {
        Occupy(connection, request);
        _connections.Write(connection);
    }

    void IConnectionOwner.Answered(Connection connection)
    {
        var parser = connection.Parser;
        var type = parser.RefusalBody.IsEmpty ? null : _problems.Read(parser.RefusalBody);
        Complete(connection, new Completion(connection.Request.Template, connection.Request.IntendedNs, Now, parser.Status, Failure.None, type));
        // An answer before the whole request is sent makes the connection unusable.
        if (parser.CloseAfter || connection.PollsWrite)
        {
            _connections.Close(connection);
        }
        else if (connection.Origin.Waiting.TryDequeue(out var next))
        {
            _waiting--;
            Send(connection, next);
        }
        else
        {
            connection.Origin.Idle.Push(connection);
        }
    }

    void IConnectionOwner.Failed(Connection connection, Failure failure) => Fail(connection, failure);

    private void Fail(Connection connection, Failure failure)
    {
        var request = connection.Request;
        Complete(connection, new Completion(request.Template, request.IntendedNs, Now, 0, failure, null));
        _connections.Close(connection);
    }

    private void Complete(Connection connection, in Completion done)
    {
        connection.IsBusy = false;
        _busy--;
        _recorder.Completed(done);
        _pacer.Finished(done.EndNs);
    }

    private void StartWaiting()
    {
        foreach (var origin in _origins)
        {
            for (var i = 0; i < MaxStartsInARow && MayConnect(origin) && origin.Waiting.TryDequeue(out var next); i++)
            {
                _waiting--;
                Connect(origin, next);
            }
        }
    }

    private void ExpireOld(long now)
    {
        foreach (var origin in _origins)
        {
            // Requests to one host are sent in the order of their intended starts, so the first has waited longest.
            while (origin.Deadlines.TryPeek(out var oldest))
            {
                var (connection, request) = oldest;
                var current = connection.IsBusy && connection.Request.Order == request.Order;
                if (current && now - request.IntendedNs < _timeoutNs)
                {
                    break;
                }

                origin.Deadlines.Dequeue();
                if (current)
                {
                    Fail(connection, Failure.TimedOut);
                }
            }

            while (origin.Waiting.TryPeek(out var first) && now - first.IntendedNs >= _timeoutNs)
            {
                Drop(origin.Waiting.Dequeue(), now, Failure.TimedOut);
            }
        }
    }

    private void BreakOff(long now)
    {
        foreach (var connection in _connections.All)
        {
            if (connection is { IsBusy: true })
            {
                Complete(connection, new Completion(connection.Request.Template, connection.Request.IntendedNs, now, 0, Failure.BrokenOff, null));
            }
        }

        foreach (var origin in _origins)
        {
            while (origin.Waiting.TryDequeue(out var request))
            {
                Drop(request, now, Failure.BrokenOff);
            }
        }
    }

    private void Drop(PendingRequest request, long now, Failure failure)
    {
        _waiting--;
        _recorder.Completed(new Completion(request.Template, request.IntendedNs, now, 0, failure, null));
        _pacer.Finished(now);
    }
}

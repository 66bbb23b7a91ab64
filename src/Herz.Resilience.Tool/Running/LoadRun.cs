using System.Net;
using Herz.Resilience.Tool.GrpcCalls;
using Herz.Resilience.Tool.Http1;
using Herz.Resilience.Tool.Http2;
using Herz.Resilience.Tool.Recording;

namespace Herz.Resilience.Tool.Running;

/// <summary>One run, from the first connection to the report; used by commands, tests and benchmarks.</summary>
internal sealed class LoadRun
{
    private readonly LoadSettings _settings;
    private readonly TimeProvider _time;
    private readonly Recorder _recorder;
    private readonly TaskCompletionSource<long> _startedAt = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Creates a run that has not started.</summary>
    /// <param name="settings">The settings of the run.</param>
    /// <param name="time">The clock.</param>
    public LoadRun(LoadSettings settings, TimeProvider time)
    {
        _settings = settings;
        _time = time;
        _recorder = new Recorder(settings.Templates.Count, settings.WarmUp, settings.Slo);
    }

    /// <summary>Timestamp of the start; completes after the target was reached, before the first request.</summary>
    public Task<long> Started => _startedAt.Task;

    /// <summary>Current state, for the screen.</summary>
    public LiveState Latest => _recorder.Latest;

    /// <summary>Runs to the end. If broken off, it reports the results so far.</summary>
    /// <exception cref="TargetUnreachableException">The target is unreachable or answered no request.</exception>
    public async Task<RunResult> RunAsync(CancellationToken cancellationToken)
    {
        var addresses = new List<IReadOnlyList<IPEndPoint>>();
        var reached = new Dictionary<string, IReadOnlyList<IPEndPoint>>(StringComparer.OrdinalIgnoreCase);
        foreach (var template in _settings.Templates)
        {
            if (!reached.TryGetValue(template.Url.Authority, out var found))
            {
                reached[template.Url.Authority] = found = await Target.ReachAsync(template.Url, _settings.Timeout, _settings.Insecure, cancellationToken).ConfigureAwait(false);
            }

            addresses.Add(found);
        }

        var settings = await GrpcBodies.EncodeAsync(_settings, cancellationToken).ConfigureAwait(false);
        var started = _time.GetUtcNow();
        using var engine = MakeEngine(settings, addresses);
        _startedAt.SetResult(_time.GetTimestamp());
        var endNs = await RunOnOwnThread(engine, cancellationToken).ConfigureAwait(false);
        var report = ReportBuilder.Build(_settings, _recorder, started, endNs, cancellationToken.IsCancellationRequested);
        var answers = report.Statuses.Values.Sum() + _recorder.WarmUp.Answered;
        if (answers == 0 && report.Requests > 0 && !report.BrokenOff)
        {
            var reasons = string.Join(", ", report.Failures.Select(f => $"{f.Value} {f.Key}"));
            throw new TargetUnreachableException($"{report.Target} accepted a connection but answered none of {report.Requests} requests ({reasons})");
        }

        return new RunResult(report, _recorder);
    }

    private ILoadEngine MakeEngine(LoadSettings settings, IReadOnlyList<IReadOnlyList<IPEndPoint>> addresses) =>
        settings.HttpVersion == HttpVersion.Version11 && settings.Templates.All(t => t.Url.Scheme == Uri.UriSchemeHttp)
            ? new Http1Engine(settings, addresses, settings.MakePacer(), _recorder, _time)
            : new HandlerEngine(settings, settings.MakePacer(), _recorder, _time);

    private static Task<long> RunOnOwnThread(ILoadEngine engine, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                done.SetResult(engine.Run(cancellationToken));
            }
#pragma warning disable CA1031 // The exception is passed to the awaiting caller.
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        })
        { Name = "herz load", IsBackground = true, Priority = ThreadPriority.AboveNormal };
        thread.Start();
        return done.Task;
    }
}

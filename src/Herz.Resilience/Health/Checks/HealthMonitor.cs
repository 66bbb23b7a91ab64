using Herz.Resilience.Configuration;
using Herz.Resilience.Health.Probes;
using Herz.Resilience.Hosting;
using Herz.Resilience.Pipeline;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Health.Checks;

/// <summary>
/// Runs the checks of the app in the background while probes arrive, and samples the thread pool, on a thread of its own: it goes on
/// while the pool is starved. Probes read what it has found and wait for nothing.
/// </summary>
internal sealed class HealthMonitor : IHostedService, IDisposable
{
    private static readonly TimeSpan s_sample = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_firstResults = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_asked = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_starved = TimeSpan.FromMilliseconds(500);

    private readonly CheckRun[] _checks;
    private readonly Settings<HealthOptions> _settings;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _time;
    private readonly ILogger<HealthMonitor> _logger;
    private readonly PoolHeartbeat _pool;
    private readonly ThreadTimer _timer;
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _stalled;
    private long _askedAt;
    private volatile bool _isAsked;
    private volatile bool _isItemWaiting;
    private volatile bool _stopping;

    public HealthMonitor(
        HealthCheckService checks, IOptions<HealthCheckServiceOptions> known, Settings<HealthOptions> settings, HealthMetrics metrics, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<HealthMonitor> logger)
    {
        _settings = settings;
        _lifetime = lifetime;
        _time = time;
        _logger = logger;
        _pool = new PoolHeartbeat(time.TimestampFrequency);
        _timer = new ThreadTimer(time);
        _checks = [.. known.Value.Registrations.Select(check => new CheckRun(checks, check, settings, metrics, time, OnResult, logger.ChecksFailed))];
        metrics.ObserveChecks(() => _checks.Select(check => (check.Registration.Name, check.Read(time.GetTimestamp()).Status)));
    }

    /// <summary>Whether the pool has completed nothing for the stall limit.</summary>
    public bool IsStalled => _time.GetElapsedTime(0, Volatile.Read(ref _stalled)) >= _settings.Value.StallLimit;

    /// <summary>Ends when every check has its first result, or after half a second: less than the kubelet waits.</summary>
    public Task FirstResultsAsync(ProbeKind kind) => _first.Task.IsCompleted || Read(kind).All(static check => check.Status != CheckStatus.Pending)
        ? Task.CompletedTask
        : Task.WhenAny(_first.Task, Task.Delay(s_firstResults, _time));

    /// <summary>The checks of a probe. They run for a minute from now on.</summary>
    public IEnumerable<ProbeCheck> Read(ProbeKind kind)
    {
        var now = _time.GetTimestamp();
        Volatile.Write(ref _askedAt, now);
        if (!_isAsked)
        {
            _isAsked = true;
            _timer.Wake();
        }

        return _checks.Where(check => ProbeVerdict.Includes(kind, check.Registration.Tags)).Select(check => check.Read(now));
    }

    // The checks may need what hosted services set up.
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _lifetime.ApplicationStarted.UnsafeRegister(static monitor => new Thread(((HealthMonitor)monitor!).Run) { IsBackground = true, Name = "Herz health" }.UnsafeStart(), this);
        _lifetime.ApplicationStopped.UnsafeRegister(static monitor => ((HealthMonitor)monitor!).Dispose(), this);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _stopping = true;
        _timer.Wake();
        _timer.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            var now = _time.GetTimestamp();
            var next = Step(now);
            _timer.Wait(_time.GetElapsedTime(now, next), () => _stopping || _time.GetTimestamp() >= next);
        }
    }

    private long Step(long now)
    {
        var next = now + (long)(s_sample.TotalSeconds * _time.TimestampFrequency);
        Contained.Run(() => next = Step(now, next), _logger.ChecksFailed);
        return next;
    }

    private long Step(long now, long next)
    {
        _pool.Sample(now, ThreadPool.CompletedWorkItemCount, _isItemWaiting);
        Volatile.Write(ref _stalled, _pool.StalledTicks);
        if (!_isItemWaiting)
        {
            _isItemWaiting = true;
            ThreadPool.UnsafeQueueUserWorkItem(static monitor => monitor._isItemWaiting = false, this, preferLocal: false);
        }

        // An app that nobody probes here must not pay for its checks, which may be expensive.
        if (_isAsked && _time.GetElapsedTime(Volatile.Read(ref _askedAt), now) > s_asked)
        {
            _isAsked = false;
        }

        var mayStart = _isAsked;
        var isStarved = _time.GetElapsedTime(0, _pool.WaitingTicks) >= s_starved;
        foreach (var check in _checks)
        {
            next = Math.Min(next, check.Step(now, mayStart, isStarved, Random.Shared.NextDouble()));
        }

        OnResult();
        return next;
    }

    private void OnResult()
    {
        if (!_first.Task.IsCompleted && _checks.All(check => check.Read(_time.GetTimestamp()).Status != CheckStatus.Pending))
        {
            _first.TrySetResult();
        }
    }
}

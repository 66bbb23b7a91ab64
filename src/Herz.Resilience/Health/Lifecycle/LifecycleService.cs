using System.Runtime.InteropServices;
using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Health.Lifecycle;

/// <summary>
/// Moves the app through its phases: running once the hosted services have started and every gate has passed, draining for the delay
/// when it stops. A second signal during the stop ends the process at once.
/// </summary>
internal sealed class LifecycleService(
    AppLifecycle lifecycle, IHostApplicationLifetime lifetime, IEnumerable<IStartupGate> gates, Settings<HealthOptions> settings, TimeProvider time, ILogger<LifecycleService> logger)
    : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly IStartupGate[] _gates = [.. gates];
    private PosixSignalRegistration? _terminate;
    private PosixSignalRegistration? _interrupt;
    private int _open;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // One more for the start of the app itself.
        _open = _gates.Length + 1;
        foreach (var gate in _gates)
        {
            _ = PassAsync(gate);
        }

        // The tokens, since a host of IWebHostBuilder calls nothing but StartAsync and StopAsync.
        lifetime.ApplicationStarted.UnsafeRegister(static service => ((LifecycleService)service!).Pass(), this);
        lifetime.ApplicationStopping.UnsafeRegister(static service => ((LifecycleService)service!).OnStopping(), this);
        lifetime.ApplicationStopped.UnsafeRegister(static service => ((LifecycleService)service!).OnStopped(), this);
        return Task.CompletedTask;
    }

    // Runs before any hosted service, including the web server, is stopped.
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        OnStopping();
        var delay = DrainDelay.Of(settings.Value.DrainDelay, Environment.GetEnvironmentVariable);
        if (delay > TimeSpan.Zero)
        {
            Contained.Run((logger, delay), static log => log.logger.Draining(log.delay));
            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _terminate?.Dispose();
        _interrupt?.Dispose();
        _stopping.Dispose();
    }

    private void OnStopping()
    {
        if (lifecycle.TryMove(LifecyclePhase.Draining, "the app is stopping"))
        {
            Contained.Run(_stopping, static stopping => stopping.Cancel());
            _terminate = ExitOn(PosixSignal.SIGTERM, 143);
            _interrupt = ExitOn(PosixSignal.SIGINT, 130);
        }
    }

    private void OnStopped() => lifecycle.TryMove(LifecyclePhase.Stopped, "the app has stopped");

    private async Task PassAsync(IStartupGate gate)
    {
        // A gate that blocks must not block the start.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await gate.WaitAsync(_stopping.Token);
            Contained.Run(() => logger.GatePassed(gate.Name));
            Pass();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // The fault of a gate is the app's state, not an exception of the host.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Contained.Run(() => logger.GateFailed(gate.Name, exception));
            lifecycle.TryMove(LifecyclePhase.Faulted, $"the startup gate {gate.Name} failed");
        }
    }

    private void Pass()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            lifecycle.TryMove(LifecyclePhase.Running, _gates.Length == 0 ? "the app has started" : "the app has started and every gate has passed");
        }
    }

    private PosixSignalRegistration ExitOn(PosixSignal signal, int exitCode) => PosixSignalRegistration.Create(signal, _ =>
    {
        Contained.Run(() => logger.ExitAtOnce(signal));
        Environment.Exit(exitCode);
    });
}

using System.Diagnostics;
using System.Reflection;
using Herz.Resilience.Configuration;
using Herz.Resilience.Pipeline;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Outbound.Others;

/// <summary>
/// Counts the HTTP calls of requests that pass no guard, since their client was made with <c>new HttpClient()</c>, and names each host once.
/// It only reads the runtime's own diagnostics: it creates no activity and changes no header. Calls of YARP are left alone.
/// </summary>
internal sealed class UnguardedCalls(
    Settings<OutboundOptions> settings, OutboundCalls clients, GuardFaults faults, OutboundMetrics metrics, ILogger<UnguardedCalls> logger)
    : IHostedService, IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string ListenerName = "HttpHandlerDiagnosticListener";
    private const string Call = "System.Net.Http.HttpRequestOut";
    private const string CallStart = Call + ".Start";
    private const string ProxyAssembly = "Yarp.";

    private readonly List<IDisposable> _subscriptions = [];
    private PropertyInfo? _request;
    private volatile bool _isAttached;

    /// <summary>Whether calls are watched, so that guarded calls must be marked.</summary>
    public bool IsAttached => _isAttached;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Mode != EnforcementMode.Off && settings.Value.WatchUnguardedCalls)
        {
            _isAttached = true;
            _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        lock (_subscriptions)
        {
            _subscriptions.ForEach(static subscription => subscription.Dispose());
            _subscriptions.Clear();
        }
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == ListenerName)
        {
            lock (_subscriptions)
            {
                _subscriptions.Add(value.Subscribe(this, IsEnabled));
            }
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value is { Key: CallStart, Value: { } payload })
        {
            var property = _request ??= payload.GetType().GetProperty("Request");
            Watch(property?.GetValue(payload) as HttpRequestMessage);
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    // The runtime asks for the first name whether to create an activity: the answer is always no. Where an activity exists anyway, it
    // reports its start; else the question itself shows the call.
    private bool IsEnabled(string name, object? request, object? _)
    {
        if (name == CallStart)
        {
            return true;
        }

        if (name == Call && Activity.Current is null)
        {
            Watch(request as HttpRequestMessage);
        }

        return false;
    }

    private void Watch(HttpRequestMessage? request)
    {
        try
        {
            if (request?.RequestUri is { IsAbsoluteUri: true } uri && RequestScope.Current is { Context: not null } scope && scope.Pipeline.IsOf(faults)
                && !HerzRequestOptions.IsGuarded(request) && !IsOfProxy(scope))
            {
                Report(uri.Host, scope);
            }
        }
#pragma warning disable CA1031 // The call must not fail.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            faults.Report(GuardPlace.Outbound.Name(), "watch", exception);
        }
    }

    private void Report(string host, RequestScope scope)
    {
        var (name, isFirst) = clients.Unguarded(host);
        metrics.Unguarded(name);
        if (isFirst)
        {
            logger.Unguarded(name, scope.Entered?.Label ?? "a path without an endpoint");
        }
    }

    private static bool IsOfProxy(RequestScope scope) => scope.Entered?.Original is { } endpoint
        && (IsOfProxy(endpoint.RequestDelegate?.Method.Module.Assembly) || endpoint.Metadata.Any(static item => IsOfProxy(item.GetType().Assembly)));

    private static bool IsOfProxy(Assembly? assembly) => assembly?.FullName?.StartsWith(ProxyAssembly, StringComparison.Ordinal) == true;
}

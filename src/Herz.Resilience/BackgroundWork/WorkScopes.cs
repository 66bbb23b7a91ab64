using Microsoft.Extensions.DependencyInjection;

namespace Herz.Resilience.BackgroundWork;

/// <summary>Gives each run of a piece of work a service scope of its own.</summary>
internal sealed class WorkScopes(IServiceScopeFactory scopes, IServiceProvider services)
{
    // Not every container can answer; without an answer, a missing service fails the run.
    private readonly IServiceProviderIsService? _isService = services.GetService<IServiceProviderIsService>();

    /// <summary>The work in a scope, which is created when the work starts and disposed when it has ended.</summary>
    public Func<CancellationToken, Task> Wrap<TService>(Func<TService, CancellationToken, Task> work) where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(work);
        return _isService?.IsService(typeof(TService)) != false
            ? token => RunAsync(work, token)
            : throw new InvalidOperationException($"Background work needs the service {typeof(TService)}, which is not registered. Add it to the services of the app.");
    }

    private async Task RunAsync<TService>(Func<TService, CancellationToken, Task> work, CancellationToken token) where TService : notnull
    {
        var scope = scopes.CreateAsyncScope();
        try
        {
            var service = scope.ServiceProvider.GetRequiredService<TService>();
            await (work(service, token) ?? throw new InvalidOperationException($"The background work with the service {typeof(TService)} returned null instead of a task."));
        }
        catch (Exception exception)
        {
            await DisposeAfterAsync(exception, scope);
            throw;
        }

        await scope.DisposeAsync();
    }

    // An exception of the work must not be hidden by one of the disposal.
    private static async Task DisposeAfterAsync(Exception failure, AsyncServiceScope scope)
    {
        try
        {
            await scope.DisposeAsync();
        }
        catch (Exception exception)
        {
            throw new AggregateException("The background work threw, and its scope failed to dispose.", failure, exception);
        }
    }
}

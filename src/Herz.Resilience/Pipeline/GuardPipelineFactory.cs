using Microsoft.Extensions.DependencyInjection;

namespace Herz.Resilience.Pipeline;

/// <summary>Creates the pipeline of all registered guards, or of those that the app has chosen.</summary>
internal sealed class GuardPipelineFactory(IServiceProvider services, IEnumerable<RequestGuard> guards)
{
    /// <param name="places">The guards to run; <see langword="null"/> for all registered ones.</param>
    public GuardPipeline Create(IReadOnlyCollection<GuardPlace>? places)
    {
        var chosen = guards.Where(guard => places is null || places.Contains(guard.Place));
        return ActivatorUtilities.CreateInstance<GuardPipeline>(services, chosen);
    }
}

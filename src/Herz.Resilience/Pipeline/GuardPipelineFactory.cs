using Microsoft.Extensions.DependencyInjection;

namespace Herz.Resilience.Pipeline;

/// <summary>Makes the pipeline of all registered guards, or of those that the app named.</summary>
internal sealed class GuardPipelineFactory(IServiceProvider services, IEnumerable<RequestGuard> guards)
{
    /// <param name="names">The guards to run; <see langword="null"/> for all that are registered.</param>
    public GuardPipeline Create(IReadOnlyCollection<string>? names)
    {
        var chosen = guards.Where(guard => names is null || names.Contains(guard.Name));
        return ActivatorUtilities.CreateInstance<GuardPipeline>(services, chosen);
    }
}

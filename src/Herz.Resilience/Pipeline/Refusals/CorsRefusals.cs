using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Herz.Resilience.Pipeline.Refusals;

/// <summary>
/// Adds the headers to a refusal that the app's CORS middleware would add if the request reached it. Without them, a
/// calling script sees a network error instead of a 429. It uses the app's default policy and those that the app has
/// applied so far (<see cref="AppliedCorsPolicies"/>).
/// </summary>
internal sealed class CorsRefusals(IServiceProvider services, GuardFaults faults)
{
    // Set by the middleware when it has run for an endpoint; it adds its headers when the answer starts.
    private const string MiddlewareRan = "__CorsMiddlewareWithEndpointInvoked";

    public void Apply(HttpContext context)
    {
        if (context.Request.Headers.Origin.Count == 0 || context.Items.ContainsKey(MiddlewareRan)
            || services.GetService<ICorsPolicyProvider>() is not { } provider)
        {
            return;
        }

        // A refusal without these headers is still correct.
        faults.Contain("cors", "refuse", (Cors: this, context, provider), static call => call.Cors.Apply(call.context, call.provider));
    }

    private void Apply(HttpContext context, ICorsPolicyProvider provider)
    {
        var cors = context.RequestServices?.GetService<ICorsService>() ?? services.GetRequiredService<ICorsService>();
        var policies = services.GetService<AppliedCorsPolicies>()?.Policies ?? [];
        if (provider.GetPolicyAsync(context, null) is { IsCompletedSuccessfully: true, Result: { } standard })
        {
            policies = [standard, .. policies];
        }

        foreach (var policy in policies)
        {
            var result = cors.EvaluatePolicy(context, policy);
            if (result.IsOriginAllowed)
            {
                cors.ApplyResult(result, context.Response);
                return;
            }
        }
    }
}

using Herz.Resilience.Configuration;
using Herz.Resilience.Hosting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace Herz.Resilience.Management;

/// <summary>Checks that the app has the authorization policy of the pages.</summary>
internal sealed class PolicyCheck(IServiceProvider services) : IPlanCheck
{
    public void Check(HerzOptions options, ConfigurationErrors errors)
    {
        if (options.Management.AuthorizationPolicy is { } name && !MayExist(name))
        {
            errors.Add("Management:AuthorizationPolicy", name, "the name of an authorization policy of the app, or null");
        }
    }

    // A provider that answers asynchronously is trusted until a page is requested.
    private bool MayExist(string name) =>
        services.GetService<IAuthorizationPolicyProvider>() is { } provider
        && provider.GetPolicyAsync(name) is var policy
        && (!policy.IsCompletedSuccessfully || policy.Result is not null);
}

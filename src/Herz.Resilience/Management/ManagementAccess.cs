using Herz.Resilience.Configuration;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Management;

/// <summary>Decides whether a page is answered on the app's own port.</summary>
internal sealed class ManagementAccess
{
    private readonly Settings<ManagementOptions> _settings;
    private readonly IHostEnvironment _environment;
    private readonly ILogger<ManagementAccess> _logger;
    private readonly int? _port;

    public ManagementAccess(Settings<ManagementOptions> settings, IHostEnvironment environment, ILogger<ManagementAccess> logger)
    {
        _settings = settings;
        _environment = environment;
        _logger = logger;

        // The port is taken at start: a reload must not open on the app's port what was closed there.
        _port = settings.Value.Port;
    }

    public ValueTask<bool> AllowsAsync(HttpContext context, PageExposure exposure) => exposure switch
    {
        PageExposure.Everywhere => new(true),
        _ when _port is not null => new(false),
        PageExposure.ManagementOrApp => new(true),
        _ when _settings.Value.AuthorizationPolicy is { } policy => IsAuthorizedAsync(context, policy),
        _ => new(_environment.IsDevelopment()),
    };

    private async ValueTask<bool> IsAuthorizedAsync(HttpContext context, string name)
    {
        var policy = context.RequestServices.GetService<IAuthorizationPolicyProvider>() is { } provider
            ? await provider.GetPolicyAsync(name)
            : null;
        if (policy is null)
        {
            _logger.PolicyMissing(name);
            return false;
        }

        // The app's own authentication runs after this middleware, so the policy's schemes are asked here.
        var evaluator = context.RequestServices.GetRequiredService<IPolicyEvaluator>();
        var authentication = await evaluator.AuthenticateAsync(policy, context);
        return (await evaluator.AuthorizeAsync(policy, authentication, context, resource: null)).Succeeded;
    }
}

using Herz.Resilience.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Herz.Resilience.Management;

/// <summary>Decides whether a page is served on the app's own port.</summary>
internal sealed class ManagementAccess
{
    private readonly Settings<ManagementOptions> _settings;
    private readonly IHostEnvironment _environment;
    private readonly ILogger<ManagementAccess> _logger;
    private readonly int? _port;
    private string? _missing;

    public ManagementAccess(Settings<ManagementOptions> settings, IHostEnvironment environment, ILogger<ManagementAccess> logger)
    {
        _settings = settings;
        _environment = environment;
        _logger = logger;

        // The port is read at start: a reload must not open pages on the app's port that were closed there.
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
        if (policy is null || context.RequestServices.GetService<IPolicyEvaluator>() is not { } evaluator)
        {
            // Any client can request these pages, so a missing policy is logged once per name.
            if (Interlocked.Exchange(ref _missing, name) != name)
            {
                _logger.PolicyMissing(name);
            }

            return false;
        }

        var user = context.User;
        var authentication = await AuthenticateAsync(context, policy, evaluator);
        var allowed = (await evaluator.AuthorizeAsync(policy, authentication, context, resource: null)).Succeeded;
        if (!allowed)
        {
            // The request goes on to the app unchanged.
            context.User = user;
        }

        return allowed;
    }

    // The app's own authentication runs after this middleware, so the policy's schemes, or the default scheme, are used here.
    private static async Task<AuthenticateResult> AuthenticateAsync(HttpContext context, AuthorizationPolicy policy, IPolicyEvaluator evaluator)
    {
        if (policy.AuthenticationSchemes.Count == 0
            && context.RequestServices.GetService<IAuthenticationSchemeProvider>() is { } schemes
            && await schemes.GetDefaultAuthenticateSchemeAsync() is { } scheme)
        {
            var result = await context.AuthenticateAsync(scheme.Name);
            if (result.Principal is { } principal)
            {
                context.User = principal;
            }

            return result;
        }

        return await evaluator.AuthenticateAsync(policy, context);
    }
}

using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Herz.Resilience.Management;
using Herz.Resilience.Tests.Hosting.Apps;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Tests.Management;

public sealed class ManagementAccessTests
{
    private const string Private = "/debug/herz/test";

    [Theory]
    [InlineData("Production", HttpStatusCode.NotFound)]
    [InlineData("Staging", HttpStatusCode.NotFound)]
    [InlineData("Development", HttpStatusCode.OK)]
    public async Task PrivatePage_OnTheAppsPort_IsOpenOnlyInDevelopment(string environment, HttpStatusCode expected)
    {
        await using var app = await MatrixApp.StartAsync("/x", HostingShape.Minimal(static _ => { }, AddPage, environment));

        Assert.Equal(expected, (await app.Client.GetAsync(Private)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync("/metrics")).StatusCode);
    }

    [Theory]
    [InlineData("Production", true)]
    [InlineData("Production", false)]
    [InlineData("Development", false)]
    public async Task PrivatePage_UnderAPolicy_IsOpenOnlyToAuthorizedUsers(string environment, bool namesItsScheme)
    {
        await using var app = await MatrixApp.StartAsync("/x", HostingShape.Minimal(
            static app => app.MapGet("/", () => "ok"),
            builder =>
            {
                AddPage(builder);
                builder.Configuration.AddInMemoryCollection([new("Herz:Management:AuthorizationPolicy", "operators")]);
                builder.Services.AddAuthentication("header").AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("header", null);
                builder.Services.AddAuthorization(options => options.AddPolicy("operators", policy => policy
                    .RequireRole("operator")
                    .AddAuthenticationSchemes(namesItsScheme ? ["header"] : [])));
            },
            environment));

        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync(Private)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(app.Client, "guest"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app.Client, "operator"));
    }

    [Fact]
    public async Task Policy_MissingFromAnAsynchronousProvider_KeepsThePagesClosedAndIsLoggedOnce()
    {
        var provider = new RemotePolicies();
        await using var app = await MatrixApp.StartAsync("/x", HostingShape.MinimalWithout(static app => app.UseHerzMetrics(), builder =>
        {
            builder.Services.AddHerzMetrics();
            builder.Services.AddSingleton<IAuthorizationPolicyProvider>(provider);
            AddPage(builder);
            builder.Configuration.AddInMemoryCollection([new("Herz:Management:AuthorizationPolicy", "operators")]);
        }));
        provider.Answers.SetResult();

        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync(Private)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync(Private)).StatusCode);
        Assert.Contains("Herz:Management:AuthorizationPolicy is \"operators\"", Assert.Single(app.Logs.Entries, static entry => entry.EventId == 1201).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OfTheAppAtAPrivatePath_Stays()
    {
        await using var app = await MatrixApp.StartAsync("/x", HostingShape.Minimal(static app => app.MapGet(Private, static () => "the app's own"), AddPage));

        Assert.Equal("the app's own", await app.Client.GetStringAsync(Private));
    }

    private static void AddPage(WebApplicationBuilder builder) => builder.Services.AddHerzPage<TestPage>();

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string role)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Private);
        request.Headers.Add("X-Role", role);
        return (await client.SendAsync(request)).StatusCode;
    }

    private sealed class TestPage : ManagementPage
    {
        public override PageExposure Exposure => PageExposure.Private;

        public override string Path => Private;

        public override Task AnswerAsync(HttpContext context) => context.Response.WriteAsync("private");
    }

    private sealed class HeaderAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var role = Request.Headers["X-Role"].ToString();
            var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, role)], Scheme.Name));
            return Task.FromResult(role.Length == 0 ? AuthenticateResult.NoResult() : AuthenticateResult.Success(new AuthenticationTicket(user, Scheme.Name)));
        }
    }

    /// <summary>Answers asynchronously, so that the policies are not known at start.</summary>
    private sealed class RemotePolicies : IAuthorizationPolicyProvider
    {
        public TaskCompletionSource Answers { get; } = new();

        public async Task<AuthorizationPolicy?> GetPolicyAsync(string policyName)
        {
            await Answers.Task;
            return null;
        }

        public Task<AuthorizationPolicy> GetDefaultPolicyAsync() => Task.FromResult(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());

        public Task<AuthorizationPolicy?> GetFallbackPolicyAsync() => Task.FromResult<AuthorizationPolicy?>(null);
    }
}

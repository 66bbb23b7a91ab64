using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Pipeline.Refusals;

/// <summary>The framework's CORS service, which also records the policies that the app applies.</summary>
internal sealed class RecordingCorsService(IOptions<CorsOptions> options, ILoggerFactory loggers, AppliedCorsPolicies applied) : ICorsService
{
    private readonly CorsService _inner = new(options, loggers);

    public CorsResult EvaluatePolicy(HttpContext context, CorsPolicy policy)
    {
        applied.Add(policy);
        return _inner.EvaluatePolicy(context, policy);
    }

    public void ApplyResult(CorsResult result, HttpResponse response) => _inner.ApplyResult(result, response);
}

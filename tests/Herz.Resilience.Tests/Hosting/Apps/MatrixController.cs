using Microsoft.AspNetCore.Mvc;

namespace Herz.Resilience.Tests.Hosting.Apps;

/// <summary>An attribute-routed controller.</summary>
[Route("attributed/{id}")]
public sealed class MatrixController : ControllerBase
{
    [HttpGet]
    public async Task<string> Get([FromServices] IServiceProvider services) => await Gates.Of(services).AnswerAsync(HttpContext);
}

/// <summary>A controller for the conventional route.</summary>
public sealed class ConventionalController : Controller
{
    public async Task<string> Show([FromServices] IServiceProvider services) => await Gates.Of(services).AnswerAsync(HttpContext);

    public string Other() => "other";
}

internal static class Gates
{
    public static Gate Of(IServiceProvider services) => (Gate)services.GetService(typeof(Gate))!;
}

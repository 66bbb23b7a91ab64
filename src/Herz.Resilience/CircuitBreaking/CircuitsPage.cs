using System.Text.Json;
using Herz.Resilience.Management;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.CircuitBreaking;

/// <summary>
/// The circuits as JSON, and their manual control: <c>POST /herz/circuits?name=GET%20/orders&amp;action=isolate&amp;reason=…</c>.
/// </summary>
internal sealed class CircuitsPage(CircuitRegistry circuits) : ManagementPage
{
    private const string Usage = "GET lists the circuits. POST with ?name=NAME&action=isolate|close|reset&reason=TEXT changes one.";

    public override PageExposure Exposure => PageExposure.Private;

    public override string Path => "/herz/circuits";

    public override Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return ListAsync(context);
        }

        if (!HttpMethods.IsPost(request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD, POST";
            return PlainText.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, Usage);
        }

        // A page of another site in the browser of a signed-in person must not change anything.
        return request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site"
            ? PlainText.WriteAsync(context, StatusCodes.Status403Forbidden, "A request from a page of another site is not accepted.")
            : CommandAsync(context);
    }

    private Task CommandAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var (name, action) = (query["name"].ToString(), query["action"].ToString());
        if (!Enum.TryParse<CircuitCommand>(action, ignoreCase: true, out var command) || !char.IsLetter(action[0]))
        {
            return PlainText.WriteAsync(context, StatusCodes.Status400BadRequest, $"action is \"{action}\"; expected isolate, close or reset. {Usage}");
        }

        if (string.IsNullOrWhiteSpace(name))
        {
            return PlainText.WriteAsync(context, StatusCodes.Status400BadRequest, $"name is \"{name}\"; expected the name of a circuit. {Usage}");
        }

        var reason = query["reason"].ToString();
        var actor = context.User.Identity?.Name ?? context.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        return circuits.Command(name, string.IsNullOrWhiteSpace(reason) ? $"by {actor}" : $"{reason} (by {actor})", command)
            ? ListAsync(context)
            : PlainText.WriteAsync(context, StatusCodes.Status404NotFound, $"No circuit is named \"{name}\". A circuit exists from its first request on; GET lists all.");
    }

    private async Task ListAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartArray();
        foreach (var circuit in circuits.List())
        {
            json.WriteStartObject();
            json.WriteString("name", circuit.Name);
            json.WriteString("direction", circuit.Direction.ToString());
            json.WriteString("status", circuit.Status.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

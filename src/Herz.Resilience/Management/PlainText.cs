using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Management;

/// <summary>Writes a text answer that must not be cached.</summary>
internal static class PlainText
{
    public static Task WriteAsync(HttpContext context, int status, string text, string contentType = "text/plain; charset=utf-8")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Response.WriteAsync(text.EndsWith('\n') ? text : text + "\n");
    }
}

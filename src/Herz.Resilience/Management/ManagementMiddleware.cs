using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Management;

/// <summary>Serves the pages on the app's port, ahead of the guards, so that no limit hides the state of the app. The app's own page stays.</summary>
internal sealed class ManagementMiddleware(RequestDelegate next, IEnumerable<ManagementPage> pages, ManagementAccess access, AppPages app)
{
    private readonly ManagementPage[] _pages = [.. pages];

    public Task InvokeAsync(HttpContext context)
    {
        // As for a mapped endpoint, a trailing slash makes no difference.
        var path = context.Request.Path.Value;
        path = path is { Length: > 1 } && path[^1] == '/' ? path[..^1] : path;
        foreach (var page in _pages)
        {
            if (page.Path is { } own && string.Equals(own, path, StringComparison.OrdinalIgnoreCase))
            {
                return AnswerAsync(context, page, own);
            }
        }

        return next(context);
    }

    private async Task AnswerAsync(HttpContext context, ManagementPage page, string path)
    {
        var byApp = app.Has(page, path, context);
        if (byApp == true || PageTrial.IsOn(context) || !await access.AllowsAsync(context, page.Exposure))
        {
            await next(context);
        }
        else if (byApp == false || !await PageTrial.AskAsync(context, next, (answer, control) => app.Judge(page, path, context.Connection.LocalPort, answer, control)))
        {
            await page.AnswerAsync(context);
        }
    }
}

using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Management;

/// <summary>Answers the pages on the app's port, ahead of the guards, so that no limit hides the state of the app. A page of the app's own stays.</summary>
internal sealed class ManagementMiddleware(RequestDelegate next, IEnumerable<ManagementPage> pages, ManagementAccess access, AppPages app, TimeProvider time)
{
    private readonly ManagementPage[] _pages = [.. pages];

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value;
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
        var theirs = app.Has(page, path, context);
        if (theirs == true || PageTrial.IsOn(context) || !await access.AllowsAsync(context, page.Exposure))
        {
            await next(context);
        }
        else if (theirs == false || !await PageTrial.AskAsync(context, next, time, (answer, beside) => app.Judge(page, path, context.Connection.LocalPort, answer, beside)))
        {
            await page.AnswerAsync(context);
        }
    }
}

using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Management;

/// <summary>Answers the pages on the app's port, ahead of the guards, so that no limit hides the state of the app.</summary>
internal sealed class ManagementMiddleware(RequestDelegate next, IEnumerable<ManagementPage> pages, ManagementAccess access)
{
    private readonly ManagementPage[] _pages = [.. pages];

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value;
        foreach (var page in _pages)
        {
            if (string.Equals(page.Path, path, StringComparison.OrdinalIgnoreCase))
            {
                return AnswerAsync(context, page);
            }
        }

        return next(context);
    }

    private async Task AnswerAsync(HttpContext context, ManagementPage page)
    {
        if (await access.AllowsAsync(context, page.Exposure))
        {
            await page.AnswerAsync(context);
        }
        else
        {
            // Not ours to answer here: the app may have a page of its own at this path.
            await next(context);
        }
    }
}

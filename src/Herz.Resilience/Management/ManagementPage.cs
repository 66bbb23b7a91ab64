using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Management;

/// <summary>A management page of a feature, served before any guard. Registered as an enumerable singleton.</summary>
internal abstract class ManagementPage
{
    /// <summary>Where the page is served.</summary>
    public abstract PageExposure Exposure { get; }

    /// <summary>The exact path, such as <c>/healthz</c>; null while the page is off. Read for every request, so it must be cheap.</summary>
    public abstract string? Path { get; }

    /// <summary>The name of the page in log messages: <c>health probe</c>.</summary>
    public virtual string Title => "page";

    /// <summary>The full configuration key of the path; null if the path is fixed and always ours.</summary>
    public virtual string? PathKey => null;

    /// <summary>Whether the request can only be for this page, regardless of any middleware of the app at its path.</summary>
    public virtual bool IsForHerz(HttpRequest request) => false;

    /// <summary>Whether an answer of the app is a page of the same kind as this one. Asked if the app answers other paths in the same form.</summary>
    public virtual bool IsSameKind(PageAnswer answer) => false;

    /// <summary>Answers the request.</summary>
    public abstract Task AnswerAsync(HttpContext context);
}

/// <summary>Where a page is served.</summary>
internal enum PageExposure
{
    /// <summary>On the app's port and on the management port: the probe.</summary>
    Everywhere,

    /// <summary>On the management port; if none is set, on the app's port: metrics.</summary>
    ManagementOrApp,

    /// <summary>On the management port; if none is set, on the app's port in Development or under the named policy: everything under <c>/debug/herz/</c> and <c>/herz</c>.</summary>
    Private,
}

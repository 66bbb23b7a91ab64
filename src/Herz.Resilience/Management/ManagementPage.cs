using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.Management;

/// <summary>A page that a feature answers to operators, before any guard. Registered as an enumerable singleton.</summary>
internal abstract class ManagementPage
{
    /// <summary>Who may see it.</summary>
    public abstract PageExposure Exposure { get; }

    /// <summary>The exact path, such as <c>/healthz</c>; null while the page is off. Asked for every request, so it must be cheap.</summary>
    public abstract string? Path { get; }

    /// <summary>What the page is, in a log message: <c>health probe</c>.</summary>
    public virtual string Title => "page";

    /// <summary>The full key that moves the page; null where it cannot be moved, so that its path is ours alone.</summary>
    public virtual string? PathKey => null;

    /// <summary>Whether the request can mean this page alone, whatever a middleware of the app answers at its path.</summary>
    public virtual bool IsMeant(HttpRequest request) => false;

    /// <summary>Whether an answer of the app, which answers other paths in the same form, is a page of the kind that this one is.</summary>
    public virtual bool IsTheApps(PageAnswer answer) => false;

    /// <summary>Answers the request.</summary>
    public abstract Task AnswerAsync(HttpContext context);
}

/// <summary>Where a page is answered.</summary>
internal enum PageExposure
{
    /// <summary>On the app's port and on the management port: the probe.</summary>
    Everywhere,

    /// <summary>On the management port, or where there is none, on the app's: metrics.</summary>
    ManagementOrApp,

    /// <summary>On the management port, or on the app's in Development or under the named policy: all under <c>/debug/herz/</c> and <c>/herz</c>.</summary>
    Private,
}

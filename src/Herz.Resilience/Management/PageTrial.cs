using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Herz.Resilience.Management;

/// <summary>
/// Lets the app answer a request for one of our pages into a buffer, and then one for a control path that no endpoint has. The two
/// answers distinguish a page of the app's own from its answer for any path.
/// </summary>
internal static class PageTrial
{
    // Larger than any metrics or health page.
    private const int MaxBytes = 32 << 20;

    // A hanging app must not hide the page for longer; less than the kubelet's timeout of 1 second.
    private static readonly TimeSpan s_timeout = TimeSpan.FromMilliseconds(400);

    private const string ControlSuffix = "-none-of-the-app";

    /// <summary>Whether an outer middleware of ours is already running a trial.</summary>
    public static bool IsOn(HttpContext context) => context.Features.Get<IEndpointFeature>() is UnguardedRequest;

    /// <param name="context">The request.</param>
    /// <param name="next">The app.</param>
    /// <param name="isByApp">Judges the app's answer for the page and its answer for the control path; the latter is null if it was not requested.</param>
    /// <returns>Whether the app's answer was sent. Otherwise the response is as it was before.</returns>
    public static async Task<bool> AskAsync(HttpContext context, RequestDelegate next, Func<PageAnswer, PageAnswer?, bool> isByApp)
    {
        using var buffer = new BoundedBuffer(MaxBytes);
        using var controlBuffer = new BoundedBuffer(MaxBytes);
        var answer = await AskOnceAsync(context, next, buffer);
        if (answer is null)
        {
            return true;
        }

        var response = context.Response;
        var headers = response.Headers.ToArray();
        response.Clear();
        PageAnswer? control = null;
        if (answer.Status != StatusCodes.Status404NotFound)
        {
            var path = context.Request.Path;
            context.Request.Path = path + ControlSuffix;
            control = await AskOnceAsync(context, next, controlBuffer);
            context.Request.Path = path;
            if (control is null)
            {
                return true;
            }

            response.Clear();
        }

        if (!isByApp(answer, control))
        {
            return false;
        }

        response.StatusCode = answer.Status;
        foreach (var (name, value) in headers)
        {
            response.Headers[name] = value;
        }

        await response.Body.WriteAsync(answer.Body, CancellationToken.None);
        return true;
    }

    /// <returns>Null if the app sent its answer without using the buffer.</returns>
    private static async Task<PageAnswer?> AskOnceAsync(HttpContext context, RequestDelegate next, BoundedBuffer buffer)
    {
        var server = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var endpoint = context.Features.Get<IEndpointFeature>();
        var buffered = new StreamResponseBodyFeature(buffer, server);
        context.Features.Set<IHttpResponseBodyFeature>(buffered);
        context.Features.Set<IEndpointFeature>(new UnguardedRequest());
        var aborted = context.RequestAborted;
        // In real time, as the kubelet waits.
        using var timeout = new CancellationTokenSource(s_timeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, timeout.Token);
        context.RequestAborted = either.Token;
        var failed = false;
        try
        {
            await next(context);
            await buffered.CompleteAsync();
        }
#pragma warning disable CA1031 // The app may not know the page; after any exception our page answers.
        catch (Exception)
#pragma warning restore CA1031
        {
            failed = true;
        }
        finally
        {
            context.RequestAborted = aborted;
            context.Features.Set(server);
            context.Features.Set(endpoint);
        }

        var response = context.Response;
        return response.HasStarted ? null : new PageAnswer(response.StatusCode, response.ContentType, buffer.Written, failed || buffer.Overflowed);
    }

    /// <summary>Keeps writes up to a limit and drops the rest.</summary>
    private sealed class BoundedBuffer(int max) : MemoryStream
    {
        public bool Overflowed { get; private set; }

        public ReadOnlyMemory<byte> Written => GetBuffer().AsMemory(0, (int)Length);

        // In a derived type, MemoryStream routes all other write methods here.
        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Length + count > max)
            {
                Overflowed = true;
            }
            else
            {
                base.Write(buffer, offset, count);
            }
        }

        public override void WriteByte(byte value) => Write([value], 0, 1);
    }
}

/// <summary>An answer of the app.</summary>
/// <param name="Status">The status.</param>
/// <param name="ContentType">The content type, if any.</param>
/// <param name="Body">The body.</param>
/// <param name="Failed">Whether the app threw an exception or exceeded the buffer.</param>
internal sealed record PageAnswer(int Status, string? ContentType, ReadOnlyMemory<byte> Body, bool Failed)
{
    /// <summary>Whether the other answer has the same status and content type.</summary>
    public bool IsLike(PageAnswer other) => Status == other.Status && Failed == other.Failed && string.Equals(ContentType, other.ContentType, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the other answer is identical, including the body.</summary>
    public bool IsSameAs(PageAnswer other) => IsLike(other) && Body.Span.SequenceEqual(other.Body.Span);
}

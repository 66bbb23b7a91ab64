using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Herz.Resilience.Management;

/// <summary>
/// Has the app answer a request for one of our pages into a buffer, and then one for a path beside it that is nobody's, to tell a page of
/// the app's own from what it answers at any path.
/// </summary>
internal static class PageTrial
{
    // More than any page of metrics or health holds.
    private const int MaxBytes = 32 << 20;

    // An app that hangs must not hide the page for longer; below the kubelet's second.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(400);

    private const string Beside = "-none-of-the-app";

    /// <summary>Whether a middleware of ours further out asks the app already.</summary>
    public static bool IsOn(HttpContext context) => context.Features.Get<IEndpointFeature>() is UnguardedRequest;

    /// <param name="context">The request.</param>
    /// <param name="next">The app.</param>
    /// <param name="time">Bounds how long the app is asked.</param>
    /// <param name="isTheApps">Judges what the app answered, and what it answers beside the page: null where that was not asked.</param>
    /// <returns>Whether the app's answer was sent. Otherwise the response is as it was before.</returns>
    public static async Task<bool> AskAsync(HttpContext context, RequestDelegate next, TimeProvider time, Func<PageAnswer, PageAnswer?, bool> isTheApps)
    {
        using var buffer = new BoundedBuffer(MaxBytes);
        using var besideBuffer = new BoundedBuffer(MaxBytes);
        var answer = await AskOnceAsync(context, next, time, buffer);
        if (answer is null)
        {
            return true;
        }

        var response = context.Response;
        var headers = response.Headers.ToArray();
        response.Clear();
        PageAnswer? beside = null;
        if (answer.Status != StatusCodes.Status404NotFound)
        {
            var path = context.Request.Path;
            context.Request.Path = path + Beside;
            beside = await AskOnceAsync(context, next, time, besideBuffer);
            context.Request.Path = path;
            if (beside is null)
            {
                return true;
            }

            response.Clear();
        }

        if (!isTheApps(answer, beside))
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

    /// <returns>Null where the app has answered past the buffer.</returns>
    private static async Task<PageAnswer?> AskOnceAsync(HttpContext context, RequestDelegate next, TimeProvider time, BoundedBuffer buffer)
    {
        var server = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var endpoint = context.Features.Get<IEndpointFeature>();
        var buffered = new StreamResponseBodyFeature(buffer, server);
        context.Features.Set<IHttpResponseBodyFeature>(buffered);
        context.Features.Set<IEndpointFeature>(new UnguardedRequest());
        var aborted = context.RequestAborted;
        using var timeout = new CancellationTokenSource(s_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, timeout.Token);
        context.RequestAborted = either.Token;
        var failed = false;
        try
        {
            await next(context);
            await buffered.CompleteAsync();
        }
#pragma warning disable CA1031 // What the app throws for a page that it may not know is not the caller's concern: our page answers.
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

    /// <summary>Keeps what is written up to a bound, and drops the rest.</summary>
    private sealed class BoundedBuffer(int max) : MemoryStream
    {
        public bool Overflowed { get; private set; }

        public ReadOnlyMemory<byte> Written => GetBuffer().AsMemory(0, (int)Length);

        // MemoryStream brings all other ways to write here, in a type derived from it.
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

/// <summary>What the app answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="ContentType">The content type, if any.</param>
/// <param name="Body">The body.</param>
/// <param name="Failed">Whether there was no answer: an exception, or one without end.</param>
internal sealed record PageAnswer(int Status, string? ContentType, ReadOnlyMemory<byte> Body, bool Failed)
{
    /// <summary>Whether the other says the same in the same form.</summary>
    public bool IsLike(PageAnswer other) => Status == other.Status && Failed == other.Failed && string.Equals(ContentType, other.ContentType, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the other is the same to the byte.</summary>
    public bool IsSameAs(PageAnswer other) => IsLike(other) && Body.Span.SequenceEqual(other.Body.Span);
}

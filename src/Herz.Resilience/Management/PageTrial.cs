using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Herz.Resilience.Management;

/// <summary>Has the app answer a request for one of our pages into a buffer, to see whether the page is the app's own.</summary>
internal static class PageTrial
{
    // More than any page of metrics or health holds.
    private const int MaxBytes = 32 << 20;

    /// <summary>Whether a middleware of ours further out asks the app already.</summary>
    public static bool IsOn(HttpContext context) => context.Features.Get<IEndpointFeature>() is UnguardedRequest;

    /// <returns>Whether the app's answer was sent. Otherwise the response is as it was before.</returns>
    public static async Task<bool> AskAsync(HttpContext context, RequestDelegate next, Func<ReadOnlyMemory<byte>, bool> isTheApps)
    {
        var server = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var endpoint = context.Features.Get<IEndpointFeature>();
        using var buffer = new BoundedBuffer(MaxBytes);
        var buffered = new StreamResponseBodyFeature(buffer, server);
        context.Features.Set<IHttpResponseBodyFeature>(buffered);
        context.Features.Set<IEndpointFeature>(new UnguardedRequest());
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
            context.Features.Set(server);
            context.Features.Set(endpoint);
        }

        if (context.Response.HasStarted)
        {
            return true;
        }

        if (!failed && !buffer.Overflowed && isTheApps(buffer.Written))
        {
            await server.Stream.WriteAsync(buffer.Written, CancellationToken.None);
            return true;
        }

        context.Response.Clear();
        return false;
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

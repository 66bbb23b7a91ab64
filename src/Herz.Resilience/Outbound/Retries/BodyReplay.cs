using System.Collections;
using System.Net.Http.Json;

namespace Herz.Resilience.Outbound.Retries;

/// <summary>
/// Decides whether a body can be sent again. Bytes in memory can; JSON is written from its value again, at most 64 KiB; a stream, or a
/// sequence that can perhaps be read only once, cannot.
/// </summary>
internal static class BodyReplay
{
    public const int MaxBytes = 64 * 1024;

    /// <summary>Whether the body can be sent again, as far as is known before it is written.</summary>
    public static bool IsPossible(HttpContent? content) => content switch
    {
        null => true,
        ByteArrayContent or ReadOnlyMemoryContent => content.Headers.ContentLength is <= MaxBytes,
        JsonContent json => IsRepeatable(json.Value),
        _ => false,
    };

    /// <summary>The body of the next attempt.</summary>
    /// <returns>Whether there is one.</returns>
    public static async ValueTask<(bool CanSend, HttpContent? Content)> NextAsync(HttpContent? content)
    {
        if (content is not JsonContent json)
        {
            return (true, content);
        }

        var buffer = new BoundedBuffer();
        try
        {
            await json.CopyToAsync(buffer).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A value that cannot be written a second time is not sent again.
        catch (Exception)
#pragma warning restore CA1031
        {
            return (false, null);
        }

        var copy = new ByteArrayContent(buffer.GetBuffer(), 0, (int)buffer.Length);
        foreach (var (name, values) in json.Headers.NonValidated)
        {
            copy.Headers.TryAddWithoutValidation(name, values);
        }

        return (true, copy);
    }

    // An iterator or a query may give other values the second time.
    private static bool IsRepeatable(object? value) =>
        value is null or string or ICollection
        || (value is not IEnumerable && !Array.Exists(value.GetType().GetInterfaces(), static type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>)));

    private sealed class BoundedBuffer : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            Check(count);
            base.Write(buffer, offset, count);
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Check(buffer.Length);
            base.Write(buffer);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Check(count);
            return base.WriteAsync(buffer, offset, count, cancellationToken);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Check(buffer.Length);
            return base.WriteAsync(buffer, cancellationToken);
        }

        private void Check(int count)
        {
            if (Length + count > MaxBytes)
            {
                throw new InvalidOperationException("The body is longer than 64 KiB.");
            }
        }
    }
}

using System.Net;

namespace Herz.Resilience.Benchmarks.Harmless.Clients;

/// <summary>A request body sent in pieces with a pause before each piece.</summary>
internal sealed class TricklingContent : HttpContent
{
    private readonly byte[] _body;
    private readonly int _piece;
    private readonly TimeSpan _pause;

    public TricklingContent(byte[] body, int pieces, TimeSpan pause, string type = "application/octet-stream")
    {
        (_body, _piece, _pause) = (body, Math.Max(1, body.Length / pieces), pause);
        Headers.TryAddWithoutValidation("Content-Type", type);
    }

    /// <summary>Creates a slow copy of another content.</summary>
    public static async Task<TricklingContent> OfAsync(HttpContent content, int pieces, TimeSpan pause)
    {
        using (content)
        {
            return new TricklingContent(await content.ReadAsByteArrayAsync(), pieces, pause, content.Headers.ContentType!.ToString());
        }
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.FlushAsync();
        for (var offset = 0; offset < _body.Length; offset += _piece)
        {
            await Task.Delay(_pause);
            await stream.WriteAsync(_body.AsMemory(offset, Math.Min(_piece, _body.Length - offset)));
            await stream.FlushAsync();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}

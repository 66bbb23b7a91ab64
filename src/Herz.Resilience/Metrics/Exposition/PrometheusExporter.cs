using System.IO.Compression;
using Herz.Resilience.Metrics.Series;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Prometheus;

namespace Herz.Resilience.Metrics.Exposition;

/// <summary>
/// Writes one exposition: the series of this host and, if given, those of the app's own registry.
/// </summary>
internal sealed class PrometheusExporter : IDisposable
{
    private static readonly StringValues s_vary = new([HeaderNames.Accept, HeaderNames.AcceptEncoding]);

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly MeterBridge _bridge;
    private readonly CollectorRegistry? _app;

    /// <summary>Creates an exporter of the bridge's series and of the app's registry, if given.</summary>
    public PrometheusExporter(MeterBridge bridge, CollectorRegistry? app)
    {
        _bridge = bridge;
        _app = app;
    }

    /// <summary>Answers a scrape: GET and HEAD; 405 for any other method.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            response.Headers.Allow = "GET, HEAD";
            return;
        }

        var format = ExpositionNegotiation.Choose(context.Request.Headers.Accept);
        response.Headers.Append(HeaderNames.Vary, s_vary);
        using var plain = new ExpositionBuffer();
        await CollectAsync(plain, format, context.RequestAborted).ConfigureAwait(false);
        using var zipped = ExpositionNegotiation.AcceptsGzip(context.Request.Headers.AcceptEncoding) ? Zip(plain) : null;
        if (zipped is not null)
        {
            response.Headers.ContentEncoding = "gzip";
        }

        var buffer = zipped ?? plain;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = ExpositionNegotiation.ContentType(format);
        response.ContentLength = buffer.Length;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await response.Body.WriteAsync(buffer.Written, context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>Writes an exposition to any stream.</summary>
    public async Task WriteAsync(Stream destination, ExpositionFormat format, CancellationToken cancellationToken)
    {
        using var buffer = new ExpositionBuffer();
        await CollectAsync(buffer, format, cancellationToken).ConfigureAwait(false);
        await destination.WriteAsync(buffer.Written, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _one.Dispose();

    private static ExpositionBuffer Zip(ExpositionBuffer plain)
    {
        var zipped = new ExpositionBuffer();
        using var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true);
        gzip.Write(plain.Written.Span);
        return zipped;
    }

    // One at a time, so that parallel scrapers need memory for only one exposition.
    private async Task CollectAsync(ExpositionBuffer buffer, ExpositionFormat format, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_app is not null)
            {
                await _app.CollectAndExportAsTextAsync(buffer, format, cancellationToken).ConfigureAwait(false);
                buffer.TrimEnd("# EOF\n"u8);
            }

            _bridge.Observe();
            await _bridge.Registry.CollectAndExportAsTextAsync(buffer, format, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }
}

using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Herz.Resilience.Pipeline.Outcomes;

/// <summary>
/// Wraps the body of a request: measures how long reads wait for the client, and records failures of the client.
/// The wait for a slow upload does not count as the endpoint's time, nor a broken upload as its failure.
/// </summary>
internal sealed class ClientBody : Stream, IRequestBodyPipeFeature
{
    private readonly RequestScope _scope;
    private readonly HttpContext _context;
    private readonly Stream _inner;
    private readonly IRequestBodyPipeFeature? _innerPipe;
    private readonly PipeReader? _innerReader;
    private ClientBodyReader? _reader;
    private RequestBodyPipeFeature? _replaced;
    private long _waited;
    private long _waitingSince;

    private ClientBody(RequestScope scope, HttpContext context, IRequestBodyPipeFeature? pipe)
    {
        _scope = scope;
        _context = context;
        _inner = context.Request.Body;

        // Read now: after the body is replaced, the server would create a reader over the replacement.
        _innerPipe = pipe;
        _innerReader = pipe?.Reader;
    }

    /// <summary>Whether a read failed because of the client: it reset the connection, left, or sent a broken body.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Whether a read waits for the client now.</summary>
    public bool IsWaiting => Volatile.Read(ref _waitingSince) != 0;

    PipeReader IRequestBodyPipeFeature.Reader => ReferenceEquals(_context.Request.Body, this)
        ? _reader ??= new ClientBodyReader(this, _innerReader!)
        : (_replaced ??= new RequestBodyPipeFeature(_context)).Reader;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _inner.Length;

    public override long Position
    {
        get => _inner.Position;
        set => _inner.Position = value;
    }

    /// <summary>Replaces the body of a request that can have one.</summary>
    /// <returns>Null if the request cannot have a body.</returns>
    public static ClientBody? Attach(RequestScope scope, HttpContext context, IHttpRequestLifetimeFeature lifetime)
    {
        // The server's request object usually implements all features, which saves a lookup.
        var detection = lifetime as IHttpRequestBodyDetectionFeature ?? context.Features.Get<IHttpRequestBodyDetectionFeature>();
        if (detection is not { CanHaveBody: true })
        {
            return null;
        }

        var pipe = context.Features.Get<IRequestBodyPipeFeature>();
        var body = new ClientBody(scope, context, pipe);
        context.Request.Body = body;
        if (pipe is not null)
        {
            context.Features.Set<IRequestBodyPipeFeature>(body);
        }

        return body;
    }

    /// <summary>Restores the server's own body, unless the app has replaced this one.</summary>
    public void Detach()
    {
        if (ReferenceEquals(_context.Request.Body, this))
        {
            _context.Request.Body = _inner;
        }

        if (_innerPipe is not null && ReferenceEquals(_context.Features.Get<IRequestBodyPipeFeature>(), this))
        {
            _context.Features.Set(_innerPipe);
        }
    }

    /// <summary>How long reads have waited for the client, including a read that waits now.</summary>
    public long WaitedAt(long now)
    {
        var since = Volatile.Read(ref _waitingSince);
        return Volatile.Read(ref _waited) + (since == 0 ? 0 : Math.Max(0, now - since));
    }

    /// <summary>Awaits a read that did not complete at once. Only one runs at a time: a body has one reader.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TResult> WaitAsync<TResult>(ValueTask<TResult> read, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _waitingSince, _scope.Pipeline.Now());
        try
        {
            return await read;
        }
        catch (Exception exception)
        {
            RecordFailure(exception, cancellationToken);
            throw;
        }
        finally
        {
            var since = Interlocked.Exchange(ref _waitingSince, 0);
            if (since != 0)
            {
                Interlocked.Add(ref _waited, Math.Max(0, _scope.Pipeline.Now() - since));
            }

            _scope.OnClientWaited();
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = _inner.ReadAsync(buffer, cancellationToken);
        return read.IsCompletedSuccessfully ? read : WaitAsync(read, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        var start = _scope.Pipeline.Now();
        Volatile.Write(ref _waitingSince, start);
        try
        {
            return _inner.Read(buffer, offset, count);
        }
        catch (IOException exception)
        {
            RecordFailure(exception, CancellationToken.None);
            throw;
        }
        finally
        {
            Volatile.Write(ref _waitingSince, 0);
            Interlocked.Add(ref _waited, Math.Max(0, _scope.Pipeline.Now() - start));
            _scope.OnClientWaited();
        }
    }

    public override void Flush() => _inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => _inner.Seek(offset, origin);

    public override void SetLength(long value) => _inner.SetLength(value);

    public override void Write(byte[] buffer, int offset, int count) => _inner.Write(buffer, offset, count);

    // A read that the app itself cancelled is not a failure of the client.
    private void RecordFailure(Exception exception, CancellationToken cancellationToken)
    {
        if (exception is IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested && !_scope.DeadlineFired))
        {
            HasFailed = true;
        }
    }
}

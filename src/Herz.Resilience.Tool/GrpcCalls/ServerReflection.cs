using System.Net.Security;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using Herz.Resilience.Tool.Running;

namespace Herz.Resilience.Tool.GrpcCalls;

/// <summary>
/// Reads the descriptors of a server by reflection (gRPC's doc/server-reflection.md): v1, or v1alpha if the server has no v1.
/// Both versions use the same messages; only the service name differs.
/// </summary>
internal sealed class ServerReflection
{
    private const int MaxFiles = 2000;

    private static readonly string[] s_versions = ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"];

    private readonly Uri _server;
    private readonly TimeSpan _timeout;
    private readonly bool _insecure;
    private readonly Metadata _headers;

    /// <summary>Creates a client.</summary>
    /// <param name="server">The server.</param>
    /// <param name="timeout">Timeout of the whole exchange.</param>
    /// <param name="insecure">Whether any server certificate is accepted.</param>
    /// <param name="headers">Headers of the requests, such as Authorization.</param>
    public ServerReflection(Uri server, TimeSpan timeout, bool insecure, IEnumerable<KeyValuePair<string, string>> headers)
    {
        _server = new Uri(server, "/");
        _timeout = timeout;
        _insecure = insecure;
        _headers = [];
        foreach (var (name, value) in headers.Where(h => !h.Key.EndsWith("-bin", StringComparison.OrdinalIgnoreCase)))
        {
            _headers.Add(name, value);
        }
    }

    /// <summary>Reads all descriptors of a service and its types.</summary>
    /// <exception cref="UsageException">The server does not have the service or reflection.</exception>
    /// <exception cref="TargetUnreachableException">The server does not answer gRPC.</exception>
    public async Task<DescriptorPool> ReadAsync(string service, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = _timeout };
        if (_insecure)
        {
#pragma warning disable CA5359 // Requested by --insecure.
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true };
#pragma warning restore CA5359
        }

        using var channel = GrpcChannel.ForAddress(_server, new GrpcChannelOptions { HttpHandler = handler });
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_timeout);
        foreach (var version in s_versions)
        {
            try
            {
                return await RequestAsync(channel, version, service, deadline.Token).ConfigureAwait(false);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
            {
                // Try the next version.
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException or IOException or HttpRequestException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw Explain(e, deadline.IsCancellationRequested);
            }
        }

        throw new UsageException($"{_server.Authority} has no gRPC reflection (v1 or v1alpha); pass the descriptors with --protoset FILE, created by protoc --include_imports --descriptor_set_out=FILE");
    }

    private async Task<DescriptorPool> RequestAsync(GrpcChannel channel, string version, string service, CancellationToken cancellationToken)
    {
        var method = new Method<ServerReflectionRequest, ServerReflectionResponse>(
            MethodType.DuplexStreaming,
            version,
            "ServerReflectionInfo",
            Marshallers.Create(m => m.ToByteArray(), ServerReflectionRequest.Parser.ParseFrom),
            Marshallers.Create(m => m.ToByteArray(), ServerReflectionResponse.Parser.ParseFrom));
        using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(method, null, new CallOptions(_headers, cancellationToken: cancellationToken));
        var first = await ExchangeAsync(call, new ServerReflectionRequest { FileContainingSymbol = service }).ConfigureAwait(false);
        if (first.ErrorResponse is not null)
        {
            var all = await ExchangeAsync(call, new ServerReflectionRequest { ListServices = "" }).ConfigureAwait(false);
            var names = all.ListServicesResponse?.Service.Select(s => s.Name).Where(n => !s_versions.Contains(n)) ?? [];
            throw new UsageException($"{_server.Authority} has no service {service}; it has {DescriptorPool.List(names)}");
        }

        var files = new Dictionary<string, FileDescriptorProto>(StringComparer.Ordinal);
        Add(first, files);
        // Some servers send imports with the file; others send them only on request.
        while (files.Values.SelectMany(f => f.Dependency).FirstOrDefault(d => !files.ContainsKey(d)) is { } missing && files.Count < MaxFiles)
        {
            var next = await ExchangeAsync(call, new ServerReflectionRequest { FileByFilename = missing }).ConfigureAwait(false);
            Add(next, files);
            if (!files.ContainsKey(missing))
            {
                throw new UsageException($"the reflection of {_server.Authority} does not return {missing}, which it references; use --protoset FILE");
            }
        }

        await call.RequestStream.CompleteAsync().ConfigureAwait(false);
        return DescriptorPool.Of(files.Values, $"the reflection of {_server.Authority}");
    }

    private static async Task<ServerReflectionResponse> ExchangeAsync(AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> call, ServerReflectionRequest request)
    {
        try
        {
            await call.RequestStream.WriteAsync(request).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or HttpRequestException or RpcException)
        {
            // The server ended the call before it read the request; its response contains the reason.
        }

        return await call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false)
            ? call.ResponseStream.Current
            : throw new RpcException(new Status(StatusCode.Unimplemented, "the stream ended without an answer"));
    }

    private static void Add(ServerReflectionResponse response, Dictionary<string, FileDescriptorProto> files)
    {
        foreach (var bytes in response.FileDescriptorResponse?.FileDescriptorProto ?? [])
        {
            var file = FileDescriptorProto.Parser.ParseFrom(bytes);
            files[file.Name] = file;
        }
    }

    private Exception Explain(Exception error, bool isTimeout) => error switch
    {
        _ when isTimeout => new TargetUnreachableException($"{_server.Authority} did not answer gRPC reflection within {_timeout.TotalSeconds:0.###} s", error),
        RpcException { StatusCode: StatusCode.Unauthenticated or StatusCode.PermissionDenied } e =>
            new UsageException($"{_server.Authority} denies access to its reflection ({GrpcStatus.NameOf(GrpcStatus.First + (int)e.StatusCode)}); add --header, or use --protoset FILE", e),
        RpcException e => new TargetUnreachableException($"{_server.Authority} does not answer gRPC over HTTP/2: {(e.Status.Detail.Length > 0 ? e.Status.Detail : e.StatusCode.ToString()).ReplaceLineEndings(" ").TrimEnd('.')}", e),
        _ => new TargetUnreachableException($"{_server.Authority} does not answer gRPC over HTTP/2: {error.Message.ReplaceLineEndings(" ").TrimEnd('.')}", error),
    };
}

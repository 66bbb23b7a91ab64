using System.Net.Security;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using Herz.Resilience.Tool.Running;

namespace Herz.Resilience.Tool.GrpcCalls;

/// <summary>
/// Asks a server for its own descriptors (gRPC's doc/server-reflection.md): by v1, and by v1alpha where only that is served.
/// The two differ in the name of the service alone, so the messages of one do for both.
/// </summary>
internal sealed class ServerReflection
{
    private const int MostFiles = 2000;

    private static readonly string[] s_versions = ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"];

    private readonly Uri _server;
    private readonly TimeSpan _timeout;
    private readonly bool _insecure;
    private readonly Metadata _headers;

    /// <summary>Makes one.</summary>
    /// <param name="server">Who is asked.</param>
    /// <param name="timeout">How long its answers are waited for.</param>
    /// <param name="insecure">Whether any certificate will do.</param>
    /// <param name="headers">Sent with the questions, such as Authorization.</param>
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

    /// <summary>Reads all descriptors that a service needs.</summary>
    /// <exception cref="UsageException">The server has no such service, or no reflection.</exception>
    /// <exception cref="TargetUnreachableException">It does not speak gRPC.</exception>
    public async Task<DescriptorPool> ReadAsync(string service, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = _timeout };
        if (_insecure)
        {
#pragma warning disable CA5359 // Asked for by --insecure.
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true };
#pragma warning restore CA5359
        }

        using var channel = GrpcChannel.ForAddress(_server, new GrpcChannelOptions { HttpHandler = handler });
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_timeout);
        foreach (var version in s_versions)
        {
            try
            {
                return await AskAsync(channel, version, service, patience.Token).ConfigureAwait(false);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
            {
                // Not this version.
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException or IOException or HttpRequestException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw Explain(e, patience.IsCancellationRequested);
            }
        }

        throw new UsageException($"{_server.Authority} offers no gRPC reflection (v1 or v1alpha); give the descriptors with --protoset FILE, which protoc writes with --include_imports --descriptor_set_out=FILE");
    }

    private async Task<DescriptorPool> AskAsync(GrpcChannel channel, string version, string service, CancellationToken cancellationToken)
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
        Keep(first, files);
        // Some servers send what a file imports along with it, others want to be asked.
        while (files.Values.SelectMany(f => f.Dependency).FirstOrDefault(d => !files.ContainsKey(d)) is { } missing && files.Count < MostFiles)
        {
            var next = await ExchangeAsync(call, new ServerReflectionRequest { FileByFilename = missing }).ConfigureAwait(false);
            Keep(next, files);
            if (!files.ContainsKey(missing))
            {
                throw new UsageException($"the reflection of {_server.Authority} does not give {missing}, which it names; give --protoset FILE");
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
            // The server ended the call before it read the question; what comes back says why.
        }

        return await call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false)
            ? call.ResponseStream.Current
            : throw new RpcException(new Status(StatusCode.Unimplemented, "the stream ended without an answer"));
    }

    private static void Keep(ServerReflectionResponse response, Dictionary<string, FileDescriptorProto> files)
    {
        foreach (var bytes in response.FileDescriptorResponse?.FileDescriptorProto ?? [])
        {
            var file = FileDescriptorProto.Parser.ParseFrom(bytes);
            files[file.Name] = file;
        }
    }

    private Exception Explain(Exception error, bool isLate) => error switch
    {
        _ when isLate => new TargetUnreachableException($"{_server.Authority} did not answer gRPC's reflection within {_timeout.TotalSeconds:0.###} s", error),
        RpcException { StatusCode: StatusCode.Unauthenticated or StatusCode.PermissionDenied } e =>
            new UsageException($"{_server.Authority} keeps its reflection to itself ({GrpcStatus.NameOf(GrpcStatus.First + (int)e.StatusCode)}); give --header, or --protoset FILE", e),
        RpcException e => new TargetUnreachableException($"{_server.Authority} does not answer gRPC over HTTP/2: {(e.Status.Detail.Length > 0 ? e.Status.Detail : e.StatusCode.ToString()).ReplaceLineEndings(" ").TrimEnd('.')}", e),
        _ => new TargetUnreachableException($"{_server.Authority} does not answer gRPC over HTTP/2: {error.Message.ReplaceLineEndings(" ").TrimEnd('.')}", error),
    };
}

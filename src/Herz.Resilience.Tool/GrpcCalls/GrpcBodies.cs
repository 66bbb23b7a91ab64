using System.Buffers.Binary;
using Herz.Resilience.Tool.Requests;
using Herz.Resilience.Tool.Running;

namespace Herz.Resilience.Tool.GrpcCalls;

/// <summary>Converts the JSON bodies of gRPC calls to framed messages, once before the run.</summary>
internal static class GrpcBodies
{
    private const int FrameHeaderLength = 5;

    // The timeout of the run applies to its requests; the first reflection of a server may take longer.
    private static readonly TimeSpan s_minReflectionTimeout = TimeSpan.FromSeconds(10);
    private static readonly string[] s_reserved = ["content-type", "te", "grpc-timeout", "grpc-encoding"];

    /// <summary>Returns the settings with encoded bodies.</summary>
    /// <exception cref="UsageException">A method does not exist, or its body does not match its type.</exception>
    /// <exception cref="TargetUnreachableException">The server does not return its types.</exception>
    public static async Task<LoadSettings> EncodeAsync(LoadSettings settings, CancellationToken cancellationToken)
    {
        if (!settings.IsGrpc)
        {
            return settings;
        }

        var file = settings.Protoset is { } path ? DescriptorPool.OfFile(path) : null;
        var pools = new Dictionary<(string Authority, string Service), DescriptorPool>();
        var templates = new List<RequestTemplate>();
        foreach (var template in settings.Templates)
        {
            if (template.Grpc is not { } method)
            {
                templates.Add(template);
                continue;
            }

            CheckHeaders(template);
            var pool = file ?? pools.GetValueOrDefault((template.Url.Authority, method.Service));
            if (pool is null)
            {
                var reflection = new ServerReflection(template.Url, settings.Timeout > s_minReflectionTimeout ? settings.Timeout : s_minReflectionTimeout, settings.Insecure, template.Headers);
                pools[(template.Url.Authority, method.Service)] = pool = await reflection.ReadAsync(method.Service, cancellationToken).ConfigureAwait(false);
            }

            var message = new JsonMessage($"the body of {method}").Encode(template.Body, pool.RequestOf(method));
            templates.Add(template with { Name = template.Name, Body = Frame(message) });
        }

        return settings with { Templates = templates };
    }

    private static void CheckHeaders(RequestTemplate template)
    {
        foreach (var (name, _) in template.Headers)
        {
            if (s_reserved.Contains(name.ToLowerInvariant()))
            {
                throw new UsageException($"the header {name} is set by herz in gRPC calls; remove it");
            }

            if (name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
            {
                throw new UsageException($"the header {name} is not valid gRPC metadata; its name may contain only letters, digits, - _ and .");
            }
        }
    }

    // Frame format: byte 0 for uncompressed, length, message (gRPC's PROTOCOL-HTTP2.md).
    private static byte[] Frame(byte[] message)
    {
        var frame = new byte[FrameHeaderLength + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, FrameHeaderLength);
        return frame;
    }
}

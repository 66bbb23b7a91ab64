using System.Buffers.Binary;
using Herz.Resilience.Tool.Requests;
using Herz.Resilience.Tool.Running;

namespace Herz.Resilience.Tool.GrpcCalls;

/// <summary>Before a run of gRPC calls: makes each JSON body into a message, once, ready to be sent.</summary>
internal static class GrpcBodies
{
    private const int FrameHead = 5;

    // The run's timeout is for its requests; a server's first reflection may take longer.
    private static readonly TimeSpan s_leastPatience = TimeSpan.FromSeconds(10);
    private static readonly string[] s_ours = ["content-type", "te", "grpc-timeout", "grpc-encoding"];

    /// <summary>The settings with bodies that can be sent.</summary>
    /// <exception cref="UsageException">A method is not there, or its body does not fit.</exception>
    /// <exception cref="TargetUnreachableException">The server does not tell its types.</exception>
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
                var reflection = new ServerReflection(template.Url, settings.Timeout > s_leastPatience ? settings.Timeout : s_leastPatience, settings.Insecure, template.Headers);
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
            if (s_ours.Contains(name.ToLowerInvariant()))
            {
                throw new UsageException($"the header {name} is one that herz sets itself in gRPC calls; leave it out");
            }

            if (name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
            {
                throw new UsageException($"the header {name} cannot be gRPC metadata; its name is made of letters, digits, - _ and .");
            }
        }
    }

    // A byte that says uncompressed, the length, the message (gRPC's PROTOCOL-HTTP2.md).
    private static byte[] Frame(byte[] message)
    {
        var frame = new byte[FrameHead + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, FrameHead);
        return frame;
    }
}

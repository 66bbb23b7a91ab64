using System.Collections.Concurrent;

namespace Herz.Resilience.Tool.Tests.GrpcCalls;

/// <summary>The requests of a <see cref="CallsService"/>.</summary>
internal sealed class CallsLog
{
    public ConcurrentQueue<(Everything Request, string? Tag, TimeSpan Deadline)> Seen { get; } = new();

    public ConcurrentQueue<Legacy> Old { get; } = new();

    /// <summary>Called for each request that starts to wait.</summary>
    public Action Waiting { get; set; } = static () => { };
}

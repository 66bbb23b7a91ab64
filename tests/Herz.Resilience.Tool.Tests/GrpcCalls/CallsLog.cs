using System.Collections.Concurrent;

namespace Herz.Resilience.Tool.Tests.GrpcCalls;

/// <summary>What a <see cref="CallsService"/> was asked.</summary>
internal sealed class CallsLog
{
    public ConcurrentQueue<(Everything Request, string? Tag, TimeSpan Deadline)> Seen { get; } = new();

    public ConcurrentQueue<Legacy> Old { get; } = new();

    /// <summary>Called for each request that begins to wait.</summary>
    public Action Waiting { get; set; } = static () => { };
}

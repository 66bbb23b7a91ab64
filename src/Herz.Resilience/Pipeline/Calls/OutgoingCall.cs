using System.Runtime.CompilerServices;

namespace Herz.Resilience.Pipeline.Calls;

/// <summary>One attempt of an outgoing call.</summary>
/// <param name="Started">The timestamp of the start.</param>
/// <param name="Attempt">1 for the first attempt.</param>
/// <param name="Priority">The priority of the request that makes the call.</param>
/// <param name="Request">The HTTP request; null for a call of another kind.</param>
internal readonly record struct OutgoingCall(long Started, int Attempt, RequestPriority Priority, HttpRequestMessage? Request);

/// <summary>The tickets of one attempt, by guard.</summary>
[InlineArray((int)CallPlace.Count)]
internal struct CallTickets
{
    private long _first;
}

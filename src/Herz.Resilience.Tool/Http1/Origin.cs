using System.Net;

namespace Herz.Resilience.Tool.Http1;

/// <summary>A host and port, its connections, and the requests that wait for one.</summary>
/// <param name="endPoints">What the host name stands for, in the order to try.</param>
internal sealed class Origin(IReadOnlyList<IPEndPoint> endPoints)
{
    private int _next;

    /// <summary>Free connections, the last used on top; closed ones are dropped when taken.</summary>
    public Stack<Connection> Idle { get; } = new();

    /// <summary>Requests for which no connection was free.</summary>
    public Queue<PendingRequest> Waiting { get; } = new();

    /// <summary>Requests in the order of their starts, to find those that take too long.</summary>
    public Queue<(Connection Connection, PendingRequest Request)> Deadlines { get; } = new();

    /// <summary>Open connections, those being made included.</summary>
    public int Open { get; set; }

    /// <summary>Connections that are being made.</summary>
    public int Connecting { get; set; }

    /// <summary>The address for the next connection.</summary>
    public IPEndPoint EndPoint => endPoints[_next % endPoints.Count];

    /// <summary>Turns to the next address, after one that refused.</summary>
    public void TurnToNext() => _next++;
}

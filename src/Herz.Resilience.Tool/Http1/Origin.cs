using System.Net;

namespace Herz.Resilience.Tool.Http1;

/// <summary>A host and port, its connections, and the requests that wait for one.</summary>
/// <param name="endPoints">Addresses of the host, in the order of use.</param>
internal sealed class Origin(IReadOnlyList<IPEndPoint> endPoints)
{
    private int _next;

    /// <summary>Free connections, most recently used on top; closed ones are skipped on use.</summary>
    public Stack<Connection> Idle { get; } = new();

    /// <summary>Requests for which no connection was free.</summary>
    public Queue<PendingRequest> Waiting { get; } = new();

    /// <summary>Sent requests in order, to find timeouts.</summary>
    public Queue<(Connection Connection, PendingRequest Request)> Deadlines { get; } = new();

    /// <summary>Number of open connections, including those being established.</summary>
    public int Open { get; set; }

    /// <summary>Number of connections being established.</summary>
    public int Connecting { get; set; }

    /// <summary>The address for the next connection.</summary>
    public IPEndPoint EndPoint => endPoints[_next % endPoints.Count];

    /// <summary>Selects the next address after a failed connection.</summary>
    public void UseNextEndPoint() => _next++;
}

using System.Net.Sockets;

namespace Herz.Resilience.Tool.Http1;

/// <summary>One connection and its current request.</summary>
internal sealed class Connection(Socket socket, Origin origin, int slot)
{
    /// <summary>The non-blocking socket.</summary>
    public Socket Socket { get; } = socket;

    /// <summary>The host and port.</summary>
    public Origin Origin { get; } = origin;

    /// <summary>Index among the connections of the engine.</summary>
    public int Slot { get; } = slot;

    /// <summary>Parser of its responses.</summary>
    public ResponseParser Parser { get; } = new();

    /// <summary>Whether the connection is not established yet.</summary>
    public bool IsConnecting { get; set; }

    /// <summary>Whether a request is in progress.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Whether the connection was closed.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Whether the connection polls for writability.</summary>
    public bool PollsWrite { get; set; }

    /// <summary>The current request.</summary>
    public PendingRequest Request { get; set; }

    /// <summary>Number of request bytes sent.</summary>
    public int Sent { get; set; }
}

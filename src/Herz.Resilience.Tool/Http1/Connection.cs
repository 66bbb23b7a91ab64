using System.Net.Sockets;

namespace Herz.Resilience.Tool.Http1;

/// <summary>One connection and the request on it.</summary>
internal sealed class Connection(Socket socket, Origin origin, int slot)
{
    /// <summary>The socket, never blocking.</summary>
    public Socket Socket { get; } = socket;

    /// <summary>Where it goes.</summary>
    public Origin Origin { get; } = origin;

    /// <summary>Its number among the connections of the engine.</summary>
    public int Slot { get; } = slot;

    /// <summary>Reads its responses.</summary>
    public ResponseParser Parser { get; } = new();

    /// <summary>True until the connection is made.</summary>
    public bool IsConnecting { get; set; }

    /// <summary>True while a request is on it.</summary>
    public bool IsBusy { get; set; }

    /// <summary>True once it was closed.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Whether writability is watched.</summary>
    public bool WatchesWrite { get; set; }

    /// <summary>The request on it.</summary>
    public PendingRequest Request { get; set; }

    /// <summary>How much of the request was sent.</summary>
    public int Sent { get; set; }
}

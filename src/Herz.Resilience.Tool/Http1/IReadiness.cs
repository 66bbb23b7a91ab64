using System.Net.Sockets;

namespace Herz.Resilience.Tool.Http1;

/// <summary>Polls sockets for readability and writability. Used by one thread.</summary>
internal interface IReadiness : IDisposable
{
    /// <summary>Polls a socket for readability and, if <paramref name="write"/>, for writability.</summary>
    void Add(Socket socket, int slot, bool write);

    /// <summary>Changes whether a socket is polled for writability.</summary>
    void Modify(Socket socket, int slot, bool write);

    /// <summary>Stops polling a socket; call before the socket is closed.</summary>
    void Remove(Socket socket, int slot);

    /// <summary>Waits at most this long and returns the ready sockets; valid until the next call.</summary>
    ReadOnlySpan<Ready> Wait(long nanoseconds);
}

using System.Net.Sockets;

namespace Herz.Resilience.Tool.Http1;

/// <summary>Waits until one of many sockets can be read or written. Used by one thread.</summary>
internal interface IReadiness : IDisposable
{
    /// <summary>Watches a socket for readability, and for writability if asked.</summary>
    void Add(Socket socket, int slot, bool write);

    /// <summary>Changes whether writability is watched.</summary>
    void Modify(Socket socket, int slot, bool write);

    /// <summary>Stops watching, before the socket is closed.</summary>
    void Remove(Socket socket, int slot);

    /// <summary>Waits at most so long and gives what is ready; valid until the next call.</summary>
    ReadOnlySpan<Ready> Wait(long nanoseconds);
}

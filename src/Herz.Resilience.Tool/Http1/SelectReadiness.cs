using System.Net.Sockets;

namespace Herz.Resilience.Tool.Http1;

/// <summary>Polls with <see cref="Socket.Select(System.Collections.IList?, System.Collections.IList?, System.Collections.IList?, TimeSpan)"/> where epoll is not available. Slower than epoll.</summary>
internal sealed class SelectReadiness : IReadiness
{
    private readonly Dictionary<Socket, (int Slot, bool Write)> _sockets = [];
    private readonly List<Ready> _ready = [];
    private readonly List<Socket> _read = [];
    private readonly List<Socket> _write = [];
    private readonly AutoResetEvent _never = new(false);

    /// <inheritdoc />
    public void Add(Socket socket, int slot, bool write) => _sockets[socket] = (slot, write);

    /// <inheritdoc />
    public void Modify(Socket socket, int slot, bool write) => _sockets[socket] = (slot, write);

    /// <inheritdoc />
    public void Remove(Socket socket, int slot) => _sockets.Remove(socket);

    /// <inheritdoc />
    public ReadOnlySpan<Ready> Wait(long nanoseconds)
    {
        _ready.Clear();
        var time = TimeSpan.FromTicks(Math.Max(0, nanoseconds) / TimeSpan.NanosecondsPerTick);
        if (_sockets.Count == 0)
        {
            _never.WaitOne(time);
            return default;
        }

        _read.Clear();
        _write.Clear();
        foreach (var (socket, (_, write)) in _sockets)
        {
            _read.Add(socket);
            if (write)
            {
                _write.Add(socket);
            }
        }

        Socket.Select(_read, _write, null, time);
        foreach (var socket in _write)
        {
            _ready.Add(new Ready(_sockets[socket].Slot, _read.Remove(socket), true));
        }

        foreach (var socket in _read)
        {
            _ready.Add(new Ready(_sockets[socket].Slot, true, false));
        }

        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_ready);
    }

    /// <inheritdoc />
    public void Dispose() => _never.Dispose();
}

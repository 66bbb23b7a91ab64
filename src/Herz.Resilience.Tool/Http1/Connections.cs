using System.Net.Sockets;
using Herz.Resilience.Tool.Recording;

namespace Herz.Resilience.Tool.Http1;

/// <summary>The sockets of an engine: connects, writes and reads without blocking.</summary>
/// <param name="readiness">Polls the sockets.</param>
/// <param name="requests">The bytes of each template.</param>
/// <param name="owner">Receives the outcomes of requests.</param>
internal sealed class Connections(IReadiness readiness, byte[][] requests, IConnectionOwner owner) : IDisposable
{
    private readonly byte[] _buffer = GC.AllocateArray<byte>(64 * 1024, pinned: true);
    private readonly List<Connection?> _connections = [];
    private readonly Stack<int> _freeSlots = new();

    /// <summary>The open connections; null for free slots.</summary>
    public IReadOnlyList<Connection?> All => _connections;

    public ReadOnlySpan<Ready> Wait(long nanoseconds) => readiness.Wait(nanoseconds);

    /// <summary>Creates a connection that is not established yet.</summary>
    public Connection Create(Origin origin)
    {
        var socket = new Socket(origin.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = false };
        if (!_freeSlots.TryPop(out var slot))
        {
            slot = _connections.Count;
            _connections.Add(null);
        }

        var connection = new Connection(socket, origin, slot) { IsConnecting = true, PollsWrite = true };
        _connections[slot] = connection;
        origin.Open++;
        origin.Connecting++;
        return connection;
    }

    /// <summary>Starts to connect; the request of the connection is sent once the connection is established.</summary>
    public void Connect(Connection connection)
    {
        try
        {
            connection.Socket.Connect(connection.Origin.EndPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // Expected: a non-blocking socket connects asynchronously.
        }
        catch (SocketException)
        {
            owner.Failed(connection, Failure.ConnectFailed);
            return;
        }

        readiness.Add(connection.Socket, connection.Slot, write: true);
    }

    /// <summary>Sends as much of the request as the socket accepts; polls for writability if bytes remain.</summary>
    public void Write(Connection connection)
    {
        var bytes = requests[connection.Request.Template].AsSpan(connection.Sent);
        var sent = connection.Socket.Send(bytes, SocketFlags.None, out var error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            owner.Failed(connection, Failure.Disconnected);
            return;
        }

        connection.Sent += error == SocketError.Success ? sent : 0;
        var wantsWrite = connection.Sent < requests[connection.Request.Template].Length;
        if (wantsWrite != connection.PollsWrite)
        {
            connection.PollsWrite = wantsWrite;
            readiness.Modify(connection.Socket, connection.Slot, wantsWrite);
        }
    }

    /// <summary>Handles a ready socket.</summary>
    public void Serve(Ready ready)
    {
        if (_connections[ready.Slot] is not { IsClosed: false } connection)
        {
            return;
        }

        if (connection.IsConnecting)
        {
            if (!ready.Write)
            {
                return;
            }

            if ((int)connection.Socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! != 0)
            {
                connection.Origin.UseNextEndPoint();
                owner.Failed(connection, Failure.ConnectFailed);
                return;
            }

            connection.IsConnecting = false;
            connection.Origin.Connecting--;
            Write(connection);
            return;
        }

        if (ready.Write && connection.IsBusy && connection.PollsWrite)
        {
            Write(connection);
        }

        if (ready.Read && !connection.IsClosed)
        {
            Read(connection);
        }
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection?.Socket.Dispose();
        }

        readiness.Dispose();
    }

    /// <summary>Closes a connection; further calls have no effect.</summary>
    public void Close(Connection connection)
    {
        if (connection.IsClosed)
        {
            return;
        }

        connection.IsClosed = true;
        connection.Origin.Open--;
        connection.Origin.Connecting -= connection.IsConnecting ? 1 : 0;
        readiness.Remove(connection.Socket, connection.Slot);
        connection.Socket.Dispose();
        _connections[connection.Slot] = null;
        _freeSlots.Push(connection.Slot);
    }

    private void Read(Connection connection)
    {
        int count;
        SocketError error;
        do
        {
            count = connection.Socket.Receive(_buffer, SocketFlags.None, out error);
            if (error == SocketError.WouldBlock)
            {
                return;
            }

            if (!connection.IsBusy)
            {
                // An idle connection receives data only when the server closes it.
                Close(connection);
                return;
            }

            if (error != SocketError.Success || count == 0)
            {
                End(connection, error == SocketError.Success ? connection.Parser.FeedEnd() : ParseResult.Malformed, Failure.Disconnected);
                return;
            }

            var result = connection.Parser.Feed(_buffer.AsSpan(0, count));
            if (result != ParseResult.NeedMore)
            {
                End(connection, result, Failure.Malformed);
                return;
            }
        }
        while (count == _buffer.Length);
    }

    private void End(Connection connection, ParseResult result, Failure otherwise)
    {
        if (result == ParseResult.Complete)
        {
            owner.Answered(connection);
        }
        else
        {
            owner.Failed(connection, otherwise);
        }
    }
}

using System.Net.Sockets;

namespace Herz.Resilience.Health.Listener;

/// <summary>
/// One connection to the listener: reads one request, writes one answer, waits for the client to close. Never blocks; the listener's
/// thread owns it.
/// </summary>
/// <param name="socket">The socket, already non-blocking.</param>
/// <param name="closeBy">When it is closed, whatever it does.</param>
/// <param name="answer">The answer to a request.</param>
internal sealed class ProbeConnection(Socket socket, long closeBy, Func<ProbeRequest?, int, byte[]> answer) : IDisposable
{
    private readonly byte[] _received = new byte[ProbeRequest.MaxBytes];
    private byte[]? _answer;
    private int _count;
    private int _sent;

    public Socket Socket => socket;

    public long CloseBy => closeBy;

    /// <summary>Whether it waits to write, not to read.</summary>
    public bool IsWriting => _answer is not null && _sent < _answer.Length;

    /// <summary>Reads or writes what is possible now.</summary>
    /// <returns>False when the connection is over.</returns>
    public bool Advance()
    {
        try
        {
            return _answer is null ? Read() : IsWriting ? Write() : Drain();
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public void Dispose() => socket.Dispose();

    private bool Read()
    {
        var count = socket.Receive(_received.AsSpan(_count), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return true;
        }

        if (error != SocketError.Success || count == 0)
        {
            return false;
        }

        _count += count;
        var request = ProbeRequest.Parse(_received.AsSpan(0, _count), out var status);
        if (request is null && status == 0)
        {
            return true;
        }

        _answer = answer(request, status);
        return Write();
    }

    private bool Write()
    {
        var count = socket.Send(_answer.AsSpan(_sent), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return true;
        }

        _sent += count;
        if (error != SocketError.Success)
        {
            return false;
        }

        if (!IsWriting)
        {
            // The client reads the answer before the connection closes; data that it still sends would reset it.
            socket.Shutdown(SocketShutdown.Send);
        }

        return true;
    }

    private bool Drain()
    {
        var count = socket.Receive(_received, SocketFlags.None, out var error);
        return error == SocketError.WouldBlock || (error == SocketError.Success && count > 0);
    }
}

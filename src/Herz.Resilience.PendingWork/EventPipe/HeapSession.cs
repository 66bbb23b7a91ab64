using System.Diagnostics;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>
/// A heap snapshot in progress. The runtime collects, walks the heap and buffers the events before it responds, and then sends
/// the trace. So the session is stopped as soon as it has started, and the trace is read to its end.
/// </summary>
internal sealed class HeapSession : IDisposable
{
    private const int DrainMilliseconds = 1_000;

    private readonly Stream _port;
    private readonly Stream _stop;
    private readonly CancellationTokenSource? _timeout;

    private HeapSession(Stream port, Stream stop, CancellationTokenSource? timeout)
    {
        _port = port;
        _stop = stop;
        _timeout = timeout;
    }

    /// <summary>The trace.</summary>
    public Stream Trace => _port;

    /// <exception cref="DiagnosticsUnavailableException">The port does not exist or returns an error.</exception>
    public static HeapSession Start(int bufferMegabytes, long deadline)
    {
        var port = DiagnosticsPort.Connect(deadline);
        var timeout = OperatingSystem.IsWindows() ? CloseAt(deadline, port) : null;
        try
        {
            port.Write(IpcMessage.CollectHeap(bufferMegabytes));
            var header = new byte[IpcMessage.HeaderSize];
            Fill(port, header, deadline);
            var response = new byte[IpcMessage.ResponseSize(header)];
            Fill(port, response, deadline);
            var session = IpcMessage.Session(header, response);

            // If this command is lost, the end of the connection also stops the session.
            var stop = DiagnosticsPort.Connect(deadline);
            stop.Write(IpcMessage.Stop(session));
            return new HeapSession(port, stop, timeout);
        }
        catch
        {
            timeout?.Dispose();
            port.Dispose();
            throw;
        }
    }

    // If a connection closes while the runtime writes and stops, the runtime may close the descriptor twice and so close
    // another connection. Reading the rest avoids this.
    public void Dispose()
    {
        Drain(_port);
        Drain(_stop);
        _timeout?.Dispose();
        _port.Dispose();
        _stop.Dispose();
    }

    private static void Drain(Stream from)
    {
        var rest = new byte[64 * 1024];
        try
        {
            if (from.CanTimeout)
            {
                from.ReadTimeout = DrainMilliseconds;
            }

            while (from.Read(rest) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The connection is closed or blocked: the rest cannot be read.
        }
    }

    // Pipes do not support timeouts.
    private static CancellationTokenSource CloseAt(long deadline, Stream port)
    {
        var timeout = new CancellationTokenSource(DiagnosticsPort.Remaining(deadline));
        timeout.Token.UnsafeRegister(static port => ((Stream)port!).Dispose(), port);
        return timeout;
    }

    private static void Fill(Stream port, byte[] into, long deadline)
    {
        try
        {
            port.ReadExactly(into);
        }
        catch (EndOfStreamException e)
        {
            throw new DiagnosticsUnavailableException("the diagnostics port closed without a response", e);
        }
        catch (IOException e) when (Stopwatch.GetTimestamp() >= deadline)
        {
            throw new DiagnosticsUnavailableException("gave up: the runtime did not respond before the deadline", e);
        }
    }
}

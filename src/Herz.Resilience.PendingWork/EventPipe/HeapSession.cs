using System.Diagnostics;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>
/// A heap snapshot in progress. The runtime collects, walks the heap and buffers what it saw before it answers; only then is
/// the trace sent. So the session is told to end as soon as it has begun, and its trace is read until it ends by itself.
/// </summary>
internal sealed class HeapSession : IDisposable
{
    private const int DrainMilliseconds = 1_000;

    private readonly Stream _port;
    private readonly Stream _stop;
    private readonly CancellationTokenSource? _late;

    private HeapSession(Stream port, Stream stop, CancellationTokenSource? late)
    {
        _port = port;
        _stop = stop;
        _late = late;
    }

    /// <summary>The trace.</summary>
    public Stream Trace => _port;

    /// <exception cref="DiagnosticsUnavailableException">The port is absent, or refuses.</exception>
    public static HeapSession Start(int bufferMegabytes, long deadline)
    {
        var port = DiagnosticsPort.Connect(deadline);
        var late = OperatingSystem.IsWindows() ? CloseAt(deadline, port) : null;
        try
        {
            port.Write(IpcMessage.CollectHeap(bufferMegabytes));
            var header = new byte[IpcMessage.HeaderSize];
            Fill(port, header, deadline);
            var answer = new byte[IpcMessage.AnswerSize(header)];
            Fill(port, answer, deadline);
            var session = IpcMessage.Session(header, answer);

            // The end of the connection ends the session as well, should this not come through.
            var stop = DiagnosticsPort.Connect(deadline);
            stop.Write(IpcMessage.Stop(session));
            return new HeapSession(port, stop, late);
        }
        catch
        {
            late?.Dispose();
            port.Dispose();
            throw;
        }
    }

    // The runtime may close a connection twice, and so another's, if it is cut while the runtime writes and stops at once: so
    // what is left is read also where nobody wants it any more.
    public void Dispose()
    {
        Drain(_port);
        Drain(_stop);
        _late?.Dispose();
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
            // It ended, or hangs: nothing more can be done.
        }
    }

    // A pipe has no timeout of its own.
    private static CancellationTokenSource CloseAt(long deadline, Stream port)
    {
        var late = new CancellationTokenSource(DiagnosticsPort.Left(deadline));
        late.Token.UnsafeRegister(static port => ((Stream)port!).Dispose(), port);
        return late;
    }

    private static void Fill(Stream port, byte[] into, long deadline)
    {
        try
        {
            port.ReadExactly(into);
        }
        catch (EndOfStreamException e)
        {
            throw new DiagnosticsUnavailableException("the diagnostics port closed without an answer", e);
        }
        catch (IOException e) when (Stopwatch.GetTimestamp() >= deadline)
        {
            throw new DiagnosticsUnavailableException("gave up: the runtime did not answer in time", e);
        }
    }
}

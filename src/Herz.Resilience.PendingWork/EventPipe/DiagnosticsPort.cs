using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Net.Sockets;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>The port at which the runtime of this process takes diagnostic commands: a Unix socket, on Windows a named pipe.</summary>
internal static class DiagnosticsPort
{
    private const string Missing = "there is no diagnostics port (DOTNET_EnableDiagnostics=0 or DOTNET_EnableDiagnostics_IPC=0, another temporary directory, or native AOT)";

    // A pipe that is missing looks like one that is busy.
    private static readonly TimeSpan s_pipeWait = TimeSpan.FromSeconds(1);

    /// <summary>Connects to this process; on Unix reads and writes end with an <see cref="IOException"/> after the time that is left.</summary>
    /// <exception cref="DiagnosticsUnavailableException">There is no port.</exception>
    public static Stream Connect(long deadline)
    {
        try
        {
            return OperatingSystem.IsWindows() ? ConnectPipe(deadline) : ConnectSocket(deadline);
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
        {
            throw new DiagnosticsUnavailableException($"the diagnostics port cannot be opened: {e.Message}", e);
        }
    }

    public static TimeSpan Left(long deadline)
    {
        var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), deadline);
        return left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1);
    }

    private static NamedPipeClientStream ConnectPipe(long deadline)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{Environment.ProcessId}");
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        try
        {
            pipe.Connect(Left(deadline) < s_pipeWait ? Left(deadline) : s_pipeWait);
            return pipe;
        }
        catch (TimeoutException e)
        {
            pipe.Dispose();
            throw new DiagnosticsUnavailableException(Missing, e);
        }
        catch
        {
            pipe.Dispose();
            throw;
        }
    }

    private static NetworkStream ConnectSocket(long deadline)
    {
        var path = SocketPath() ?? throw new DiagnosticsUnavailableException(Missing);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            var timeout = (int)Math.Min(int.MaxValue, Left(deadline).TotalMilliseconds);
            socket.ReceiveTimeout = timeout;
            socket.SendTimeout = timeout;
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Sockets of dead processes with the same number stay behind, and other containers may share the directory: on Linux
    // the key in the name is when the process began, so that the right one is known; elsewhere the newest is taken.
    private static string? SocketPath()
    {
        var directory = Path.GetTempPath();
        var prefix = string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{Environment.ProcessId}-");
        if (OperatingSystem.IsLinux())
        {
            var path = Path.Combine(directory, $"{prefix}{StartTime()}-socket");
            return File.Exists(path) ? path : null;
        }

        return new DirectoryInfo(directory).EnumerateFiles($"{prefix}*-socket").MaxBy(static file => file.LastWriteTimeUtc)?.FullName;
    }

    // The twenty-second field; the second, the name, is in brackets and may hold anything.
    private static string StartTime()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[22 - 3];
    }
}

using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Net.Sockets;

namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>The port for diagnostic commands to the runtime of this process: a Unix socket, or a named pipe on Windows.</summary>
internal static class DiagnosticsPort
{
    private const string Missing = "there is no diagnostics port (DOTNET_EnableDiagnostics=0 or DOTNET_EnableDiagnostics_IPC=0, another temporary directory, or native AOT)";

    // Without this limit a connection to a missing pipe waits until the deadline, as for a busy pipe.
    private static readonly TimeSpan s_pipeWait = TimeSpan.FromSeconds(1);

    /// <summary>Connects to this process. On Unix, reads and writes throw an <see cref="IOException"/> at the deadline.</summary>
    /// <exception cref="DiagnosticsUnavailableException">The port does not exist or cannot be opened.</exception>
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

    public static TimeSpan Remaining(long deadline)
    {
        var remaining = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), deadline);
        return remaining > TimeSpan.FromMilliseconds(1) ? remaining : TimeSpan.FromMilliseconds(1);
    }

    private static NamedPipeClientStream ConnectPipe(long deadline)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{Environment.ProcessId}");
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        try
        {
            pipe.Connect(Remaining(deadline) < s_pipeWait ? Remaining(deadline) : s_pipeWait);
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
            var timeout = (int)Math.Min(int.MaxValue, Remaining(deadline).TotalMilliseconds);
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

    // Dead processes and other containers may leave sockets with the same process id. On Linux the start time in the name
    // identifies the socket; on other systems the newest one is used.
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

    // The start time is field 22. Field 2, the name in parentheses, may contain spaces.
    private static string StartTime()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[22 - 3];
    }
}

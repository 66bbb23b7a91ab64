using Herz.Resilience.LeakWatchdog.Signals;

namespace Herz.Resilience.LeakWatchdog.Captures;

/// <summary>The framework types of which each object holds one operating-system resource.</summary>
internal static class ResourceTypes
{
    // Outer types come first: an app knows its file stream, not the handle in it.
    private static readonly string[] s_descriptors =
    [
        "System.IO.FileStream",
        "System.IO.MemoryMappedFiles.MemoryMappedFile",
        "System.IO.Pipes.NamedPipeServerStream",
        "System.IO.Pipes.NamedPipeClientStream",
        "System.IO.Pipes.AnonymousPipeServerStream",
        "System.IO.Pipes.AnonymousPipeClientStream",
        "System.IO.FileSystemWatcher",
        "System.Net.Sockets.TcpClient",
        "System.Net.Sockets.UdpClient",
        "System.Net.Sockets.Socket",
        "Microsoft.Win32.SafeHandles.SafeFileHandle",
        "Microsoft.Win32.SafeHandles.SafePipeHandle",
    ];

    private static readonly string[] s_sockets = ["System.Net.Sockets.TcpClient", "System.Net.Sockets.UdpClient", "System.Net.Sockets.Socket"];

    /// <summary>The rank of a type as the holder of what a counter counts, 0 for the best; the lowest rank for all others.</summary>
    public static int Rank(Signal signal, string type)
    {
        string[] known = signal switch
        {
            Signal.FileDescriptors => s_descriptors,
            Signal.Sockets => s_sockets,
            _ => [],
        };
        return Array.IndexOf(known, type) is var rank and >= 0 ? rank : int.MaxValue;
    }
}

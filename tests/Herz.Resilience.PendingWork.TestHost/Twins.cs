using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Herz.Resilience.PendingWork.Memory;

namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>Holds a snapshot next to an open port, in a process group of its own, and counts the signals to end.</summary>
internal static partial class Twins
{
    private static int s_signals;

    /// <summary>Prints the twin and the port, then a line per signal, and at the end of the input the number of signals.</summary>
    public static int Hold(bool mayUnshare)
    {
        _ = SetGroup(0, 0);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var signals = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static context =>
        {
            context.Cancel = true;
            Print(new { signals = Interlocked.Increment(ref s_signals) });
        });
        using var snapshot = Snapshot.Take(TimeSpan.FromMinutes(10), mayUnshare);
        Print(new { twin = snapshot.Process, port = ((IPEndPoint)listener.LocalEndpoint).Port });
        Console.In.ReadToEnd();
        Print(new { signals = s_signals });
        return 0;
    }

    private static void Print(object line)
    {
        Console.WriteLine(JsonSerializer.Serialize(line));
        Console.Out.Flush();
    }

    [LibraryImport("libc", EntryPoint = "setpgid")]
    private static partial int SetGroup(int process, int group);
}

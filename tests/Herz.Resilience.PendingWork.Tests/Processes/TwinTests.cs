using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Herz.Resilience.PendingWork.Tests.Processes;

/// <summary>The twin of a snapshot next to a process with an open port. Its own time is ten minutes in these tests.</summary>
public class TwinTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("unshare")]
    [InlineData("close")]
    public async Task Twin_OfAKilledProcess_EndsAndFreesThePort(string descriptors)
    {
        using var host = new Running(HostProcess.Start($"twin {descriptors}"));
        var (twin, port) = await TwinOf(host.Process);
        Assert.False(HasEnded(twin));

        host.Process.Kill();
        await host.Process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(SpinWait.SpinUntil(() => HasEnded(twin), s_patience));
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
    }

    [Theory]
    [InlineData("unshare")]
    [InlineData("close")]
    public async Task Twin_HoldsNoDescriptor_AndIsTheFirstToEndWhenMemoryRunsOut(string descriptors)
    {
        using var host = new Running(HostProcess.Start($"twin {descriptors}"));
        var (twin, _) = await TwinOf(host.Process);

        Assert.Empty(Directory.EnumerateFileSystemEntries($"/proc/{twin}/fd"));
        Assert.Equal("1000", (await File.ReadAllTextAsync($"/proc/{twin}/oom_score_adj", TestContext.Current.CancellationToken)).Trim());
        host.Process.Kill();
    }

    [Fact]
    public async Task Twin_OfASignalledGroup_HearsNothing()
    {
        using var host = new Running(HostProcess.Start("twin unshare"));
        var (twin, _) = await TwinOf(host.Process);

        foreach (var target in (int[])[-host.Process.Id, twin])
        {
            using var kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM {target}")]);
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(1, (await ReadAsync(host.Process)).GetProperty("signals").GetInt32());
        Assert.False(HasEnded(twin));
        host.Process.StandardInput.Close();
        Assert.Equal(1, (await ReadAsync(host.Process)).GetProperty("signals").GetInt32());
        await host.Process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => HasEnded(twin), s_patience));
    }

    /// <summary>Ends the process with the test, also if the test fails.</summary>
    private sealed class Running(Process process) : IDisposable
    {
        public Process Process => process;

        public void Dispose()
        {
            process.Kill();
            process.Dispose();
        }
    }

    private static async Task<(int Twin, int Port)> TwinOf(Process host)
    {
        var line = await ReadAsync(host);
        return (line.GetProperty("twin").GetInt32(), line.GetProperty("port").GetInt32());
    }

    private static async Task<JsonElement> ReadAsync(Process host)
    {
        var line = await host.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.True(line is not null, await ErrorsAsync(host, line));
        using var json = JsonDocument.Parse(line);
        return json.RootElement.Clone();
    }

    private static async Task<string> ErrorsAsync(Process host, string? line) =>
        line is null ? await host.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : "";

    // A process that has ended may wait for its new parent to take note of it.
    private static bool HasEnded(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1][0] is 'Z' or 'X';
        }
        catch (IOException)
        {
            return true;
        }
    }
}

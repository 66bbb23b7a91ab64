using Herz.Resilience.PendingWork.EventPipe;

namespace Herz.Resilience.PendingWork.Tests.EventPipe;

public class IpcMessageTests
{
    [Fact]
    public void CollectHeap_Message_MatchesTheProtocol()
    {
        var message = IpcMessage.CollectHeap(64);

        byte[] expected =
        [
            .. "DOTNET_IPC_V1\0"u8, (byte)message.Length, 0, 2, 4, 0, 0,
            .. TraceBytes.Little(64), .. TraceBytes.Little(1), 0, 0, .. TraceBytes.Little(1),
            .. TraceBytes.Little(0x198_0001ul), .. TraceBytes.Little(4), .. TraceBytes.Little(32), .. TraceBytes.Utf16("Microsoft-Windows-DotNETRuntime"), .. TraceBytes.Little(0),
        ];
        Assert.Equal(expected, message);
    }

    [Fact]
    public void Stop_Message_ContainsTheSession() =>
        Assert.Equal([.. "DOTNET_IPC_V1\0"u8, 28, 0, 2, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8], IpcMessage.Stop(0x0807_0605_0403_0201));

    [Fact]
    public void Session_Response_ReturnsTheId()
    {
        byte[] header = [.. "DOTNET_IPC_V1\0"u8, 28, 0, 0xFF, 0, 0, 0];

        Assert.Equal(8, IpcMessage.ResponseSize(header));
        Assert.Equal(0x0102ul, IpcMessage.Session(header, [2, 1, 0, 0, 0, 0, 0, 0]));
    }

    [Fact]
    public void Session_ErrorResponse_ReportsTheCode()
    {
        byte[] header = [.. "DOTNET_IPC_V1\0"u8, 24, 0, 0xFF, 0xFF, 0, 0];

        Assert.Contains("0x80131384", Assert.Throws<DiagnosticsUnavailableException>(() => IpcMessage.Session(header, [0x84, 0x13, 0x13, 0x80])).Message);
    }

    [Theory]
    [InlineData("DOTNET_IPC_V2", 28, 0xFF)]
    [InlineData("DOTNET_IPC_V1", 28, 2)]
    public void ResponseSize_OtherProtocol_Throws(string magic, byte size, byte commands)
    {
        byte[] header = [.. System.Text.Encoding.ASCII.GetBytes(magic), 0, size, 0, commands, 0, 0, 0];

        Assert.Throws<DiagnosticsUnavailableException>(() => IpcMessage.ResponseSize(header));
    }
}

using System.Text.Json;

namespace Herz.Resilience.PendingWork.Tests.Processes;

/// <summary>The difference of two captures for each kind of leak: by pending work if there is any, otherwise by heap type.</summary>
public class LeakKindTests
{
    private const int Count = 20;

    [Theory]
    [InlineData("source", "LeakKinds.Answer", "TaskCompletionSource<int>")]
    [InlineData("channel", "LeakKinds.Consume", "ChannelReader<LeakKinds.Invoice>.ReadAllAsync")]
    [InlineData("linked", "CancellationToken.Register of System.Threading.CancellationTokenSource.Linked1CancellationTokenSource", "cancellation")]
    [InlineData("delay", "LeakKinds.Sleep", "Task.Delay")]
    [InlineData("semaphore", "LeakKinds.Enter", "SemaphoreSlim.WaitAsync")]
    [InlineData("void", "LeakKinds.Poll", "Task.Delay")]
    [InlineData("timer", "Timer of Herz.Resilience.PendingWork.TestHost.LeakKinds.Reminder", "its tick every 3600000 ms")]
    [InlineData("thread", "LeakKinds.Wait", "ManualResetEventSlim.Wait")]
    [InlineData("pool", "LeakKinds.Block", "Task.Wait")]
    [InlineData("enumerator", "LeakKinds.Rows", "")]
    public async Task Since_LeakOfPendingWork_ListsMethodAndAwaitedCall(string kind, string method, string awaits)
    {
        var difference = await HostProcess.RunAsync($"leak {kind} {Count}");

        var growth = difference.GetProperty("pending").EnumerateArray()
            .Where(c => HostProcess.Text(c, "Method").EndsWith(method, StringComparison.Ordinal) && HostProcess.Text(c, "Awaits").EndsWith(awaits, StringComparison.Ordinal))
            .Sum(static c => c.GetProperty("Growth").GetInt32());
        Assert.True(growth == Count, $"{growth} of {Count}: {difference}");
    }

    [Theory]
    [InlineData("body", "System.Net.Http.HttpResponseMessage")]
    [InlineData("body", "System.Net.Http.HttpConnection")]
    [InlineData("file", "System.IO.FileStream")]
    [InlineData("event", "Herz.Resilience.PendingWork.TestHost.LeakKinds.Screen")]
    [InlineData("cache", "Herz.Resilience.PendingWork.TestHost.LeakKinds.Invoice")]
    public async Task Since_LeakWithoutPendingWork_ListsTheType(string kind, string type)
    {
        var difference = await HostProcess.RunAsync($"leak {kind} {Count}");

        Assert.Equal(Count, Growth(difference, type));
    }

    private static long Growth(JsonElement difference, string type) => difference.GetProperty("types").EnumerateArray()
        .Where(t => HostProcess.Text(t, "Type") == type)
        .Sum(static t => t.GetProperty("CountGrowth").GetInt64());
}

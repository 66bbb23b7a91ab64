using System.Net;

namespace Herz.Resilience.Benchmarks.Outbound;

/// <summary>A dependency in memory: counts what is sent to it, and answers as the benchmark configures it.</summary>
/// <param name="answer">The status and the time of a call, by its number.</param>
internal sealed class SimulatedDependency(Func<int, (HttpStatusCode Status, TimeSpan Time)> answer) : HttpMessageHandler
{
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (status, time) = answer(Interlocked.Increment(ref _calls));
        await (time > TimeSpan.Zero ? Task.Delay(time, cancellationToken) : Task.CompletedTask.WaitAsync(cancellationToken));
        await Task.Yield();
        return new HttpResponseMessage(status) { RequestMessage = request, Content = new ByteArrayContent([]) };
    }
}

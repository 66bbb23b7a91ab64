using Grpc.Core;

namespace Herz.Resilience.Tests.Hosting.Apps;

/// <summary>Echoes its words; if they are <c>wait</c>, it waits at the gate first.</summary>
internal sealed class EchoService(Gate gate) : Echo.EchoBase
{
    public override async Task<Words> Unary(Words request, ServerCallContext context)
    {
        await WaitAsync(request, context);
        return request;
    }

    public override async Task<Words> ClientStream(IAsyncStreamReader<Words> requestStream, ServerCallContext context)
    {
        var all = new List<string>();
        await foreach (var words in requestStream.ReadAllAsync(context.CancellationToken))
        {
            await WaitAsync(words, context);
            all.Add(words.Text);
        }

        return new Words { Text = string.Join(' ', all) };
    }

    public override async Task ServerStream(Words request, IServerStreamWriter<Words> responseStream, ServerCallContext context)
    {
        await WaitAsync(request, context);
        await responseStream.WriteAsync(request, context.CancellationToken);
    }

    public override async Task Duplex(IAsyncStreamReader<Words> requestStream, IServerStreamWriter<Words> responseStream, ServerCallContext context)
    {
        await foreach (var words in requestStream.ReadAllAsync(context.CancellationToken))
        {
            await WaitAsync(words, context);
            await responseStream.WriteAsync(words, context.CancellationToken);
        }
    }

    private async Task WaitAsync(Words words, ServerCallContext context)
    {
        if (words.Text == "wait")
        {
            await gate.PassAsync(context.CancellationToken);
        }
    }
}

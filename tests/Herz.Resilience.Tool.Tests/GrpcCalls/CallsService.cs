using Grpc.Core;

namespace Herz.Resilience.Tool.Tests.GrpcCalls;

/// <summary>Echoes the request, fails with the status named by <c>a_string</c>, or waits for its cancellation token.</summary>
internal sealed class CallsService(CallsLog log) : Calls.CallsBase
{
    public override async Task<Everything> Unary(Everything request, ServerCallContext context)
    {
        var left = context.Deadline - DateTime.UnixEpoch;
        log.Seen.Enqueue((request, context.RequestHeaders.GetValue("x-tag"), left));
        if (request.AString == "wait")
        {
            log.Waiting();
            await new TaskCompletionSource().Task.WaitAsync(context.CancellationToken);
        }

        return Enum.TryParse<StatusCode>(request.AString, out var code) && code != StatusCode.OK
            ? throw new RpcException(new Status(code, $"because of {code}"))
            : request;
    }

    public override Task<Legacy> Old(Legacy request, ServerCallContext context)
    {
        log.Old.Enqueue(request);
        return Task.FromResult(request);
    }
}

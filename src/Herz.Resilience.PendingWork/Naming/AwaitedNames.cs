namespace Herz.Resilience.PendingWork.Naming;

/// <summary>Names an awaited object by the call that waits for it, if its framework type is not informative.</summary>
internal static class AwaitedNames
{
    private static readonly Dictionary<string, string> s_calls = new(StringComparer.Ordinal)
    {
        ["System.Threading.Tasks.Task+DelayPromise"] = "Task.Delay",
        ["System.Threading.Tasks.Task+DelayPromiseWithCancellation"] = "Task.Delay",
        ["System.Threading.Tasks.Task+WhenAllPromise"] = "Task.WhenAll",
        ["System.Threading.Tasks.Task+WhenAllPromise`1"] = "Task.WhenAll",
        ["System.Threading.Tasks.Task+TwoTaskWhenAnyPromise`1"] = "Task.WhenAny",
        ["System.Threading.Tasks.TaskFactory+CompleteOnInvokePromise`1"] = "Task.WhenAny",
        ["System.Threading.Tasks.Task+CancellationPromise`1"] = "Task.WaitAsync",
        ["System.Threading.Tasks.UnwrapPromise`1"] = "Task.Run",
        ["System.Threading.SemaphoreSlim+TaskNode"] = "SemaphoreSlim.WaitAsync",
        ["System.Threading.PeriodicTimer+State"] = "PeriodicTimer.WaitForNextTickAsync",
        ["System.Net.Sockets.Socket+AwaitableSocketAsyncEventArgs"] = "Socket",
        ["System.Runtime.CompilerServices.AsyncHelpers+ThunkTask"] = "a runtime-async method",
        ["System.Runtime.CompilerServices.AsyncHelpers+ThunkTask`1"] = "a runtime-async method",
        ["System.Runtime.CompilerServices.AsyncHelpers+RuntimeAsyncTask`1"] = "a runtime-async method",
        ["System.Threading.CancellationTokenSource"] = "CancellationTokenSource",
    };

    private static readonly Dictionary<string, string> s_channelCalls = new(StringComparer.Ordinal)
    {
        ["BlockedReadAsyncOperation`1"] = "ReadAsync",
        ["WaitingReadAsyncOperation"] = "WaitToReadAsync",
        ["WaitingReadAsyncOperation`1"] = "WaitToReadAsync",
        ["BlockedWriteAsyncOperation`1"] = "WriteAsync",
        ["WaitingWriteAsyncOperation"] = "WaitToWriteAsync",
        ["WaitingWriteAsyncOperation`1"] = "WaitToWriteAsync",
    };

    /// <summary>The name of the call that waits for an object of <paramref name="type"/>.</summary>
    public static string Of(Type type)
    {
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (s_calls.TryGetValue(definition.FullName ?? "", out var call))
        {
            return call;
        }

        if (definition == typeof(Task))
        {
            return "TaskCompletionSource";
        }

        if (definition == typeof(Task<>))
        {
            return $"TaskCompletionSource<{TypeNames.Short(type.GetGenericArguments()[0])}>";
        }

        return Channel(type) ?? TypeNames.Full(type);
    }

    // The operations behind WaitTo calls return a bool and do not have the element type of the channel.
    private static string? Channel(Type type)
    {
        if (type.Namespace != "System.Threading.Channels")
        {
            return null;
        }

        if (!s_channelCalls.TryGetValue(type.Name, out var call))
        {
            return null;
        }

        return type.IsGenericType && !call.StartsWith("WaitTo", StringComparison.Ordinal)
            ? $"Channel<{TypeNames.Short(type.GetGenericArguments()[0])}>.{call}"
            : $"Channel.{call}";
    }
}

namespace Herz.Resilience.PendingWork.Naming;

/// <summary>Names what an operation waits for by the call that waits, where the framework's own type would say little.</summary>
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

    /// <summary>The call that waits for an object of <paramref name="type"/>.</summary>
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

    // Waiting to read or write yields a bool and does not know the channel's element; reading and writing know it.
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

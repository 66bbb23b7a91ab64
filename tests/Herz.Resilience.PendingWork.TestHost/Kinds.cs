using System.Runtime.CompilerServices;

namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>One leak per kind of async code. All wait for the same source.</summary>
internal static class Kinds
{
    private static readonly TaskCompletionSource s_never = new();
    private static readonly SemaphoreSlim s_gate = new(0);
    private static readonly List<object> s_kept = [];
    private static readonly CancellationTokenSource s_application = new();

    public static void Start(int count)
    {
        for (var i = 0; i < count; i++)
        {
            s_kept.Add(Pooled());
            s_kept.Add(Plain());
            s_kept.Add(Generic("text"));
            s_kept.Add(Generic(1));
            s_kept.Add(Gate());
            s_kept.Add(Everything());
            Void();

            var awaiting = Numbers().GetAsyncEnumerator();
            _ = awaiting.MoveNextAsync().AsTask().Result;
            s_kept.Add(awaiting.MoveNextAsync());
            s_kept.Add(awaiting);
            var yielded = Yielding().GetAsyncEnumerator();
            _ = yielded.MoveNextAsync().AsTask().Result;
            s_kept.Add(yielded);

            Func<Task> lambda = async () => await s_never.Task;
            s_kept.Add(lambda());
            s_kept.Add(Local());
            s_kept.Add(new TaskCompletionSource<Guid>());
            s_kept.Add(new Timer(static _ => { }, new TimerOwner(), 3_600_000, 3_600_000));
            s_kept.Add(s_application.Token.Register(static _ => { }, new RegistrationOwner()));
            async Task Local() => await s_never.Task;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask Pooled() => await s_never.Task;

    private static async ValueTask<int> Plain()
    {
        await s_never.Task;
        return 1;
    }

    private static async Task Generic<T>(T value)
    {
        await s_never.Task;
        GC.KeepAlive(value);
    }

    private static async Task Gate() => await s_gate.WaitAsync();

    private static async Task Everything() => await Task.WhenAll(Child(), Child());

    private static async Task Child() => await s_never.Task;

    private static async void Void() => await s_never.Task;

    private static async IAsyncEnumerable<int> Numbers()
    {
        yield return 1;
        await s_never.Task;
        yield return 2;
    }

    private static async IAsyncEnumerable<int> Yielding()
    {
        await Task.Yield();
        yield return 1;
        yield return 2;
    }

    private sealed class TimerOwner;

    private sealed class RegistrationOwner;
}

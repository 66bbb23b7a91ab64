using System.Collections.Concurrent;
using Microsoft.AspNetCore.TestHost;

namespace Herz.Resilience.Tests.Hosting;

/// <summary>
/// Test classes dispose of their servers synchronously, on a synchronization context with one thread for each parallel test. A hosted
/// service that must return to such a thread in order to stop would wait for itself.
/// </summary>
public sealed class DisposalTests
{
    [Fact]
    public void Servers_DisposedByEveryThreadOfAContext_Stop()
    {
        const int Threads = 2;
        using var context = new FewThreads(Threads);
        using var together = new Barrier(Threads);
        var disposed = new CountdownEvent(Threads);
        for (var index = 0; index < Threads; index++)
        {
            context.Post(
                _ =>
                {
                    var server = Create();
                    Assert.Equal("ok", Task.Run(() => server.CreateClient().GetStringAsync("/")).GetAwaiter().GetResult());
                    together.SignalAndWait();
                    server.Dispose();
                    disposed.Signal();
                },
                null);
        }

        Assert.True(disposed.Wait(TimeSpan.FromSeconds(60)), "Deadlock: a server waits for a thread that waits for the server.");
    }

    private static TestServer Create()
    {
#pragma warning disable ASPDEPR004, ASPDEPR008 // Apps with this builder exist.
        return new TestServer(new WebHostBuilder()
            .ConfigureServices(static services => services.AddHerzResilience())
            .Configure(static app => app.Run(static context => context.Response.WriteAsync("ok"))));
#pragma warning restore ASPDEPR004, ASPDEPR008
    }

    /// <summary>The kind of context on which xUnit runs tests.</summary>
    private sealed class FewThreads : SynchronizationContext, IDisposable
    {
        private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _work = [];

        public FewThreads(int count)
        {
            for (var index = 0; index < count; index++)
            {
                new Thread(Run) { IsBackground = true }.Start();
            }
        }

        public override void Post(SendOrPostCallback d, object? state) => _work.Add((d, state));

        public void Dispose() => _work.CompleteAdding();

        private void Run()
        {
            SetSynchronizationContext(this);
            foreach (var (callback, state) in _work.GetConsumingEnumerable())
            {
                callback(state);
            }
        }
    }
}

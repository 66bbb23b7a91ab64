using System.Collections.Concurrent;
using System.Net;
using Herz.Resilience.Outbound.Concurrency;
using Herz.Resilience.Pipeline.Calls;
using Herz.Resilience.Tests.CircuitBreaking.Simulation;
using Herz.Resilience.Tests.Outbound.Servers;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Polly;
using Polly.Simmy;
using Polly.Simmy.Fault;
using Polly.Simmy.Outcomes;

namespace Herz.Resilience.Tests.Outbound;

/// <summary>Calls through Polly's chaos strategies, from eight threads: no attempt is lost or counted twice, and the budget holds.</summary>
public sealed class ChaosTests
{
    private const int Threads = 8;
    private const int CallsPerThread = 250;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Calls_UnderChaos_AreEachEndedOnce_WithinTheBudget(int seed)
    {
        using var chaos = new ChaosHandler(seed);
        var recorder = new RecordingGuard();
        await using var host = OutboundHost.Create(
            new() { ["Outbound:Defaults:MaxConcurrency"] = "1000", ["Outbound:Defaults:Throttle"] = "false", ["Outbound:Defaults:RetryDelay"] = "00:00:00.001" },
            builder =>
            {
                builder.Services.AddHttpClient("chaos").ConfigurePrimaryHttpMessageHandler(() => chaos);
                builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<CallGuard>(recorder));
            });
        var client = host.CreateClient("chaos");

        await host.RunAsync(Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            for (var call = 0; call < CallsPerThread; call++)
            {
                await CallAsync(client, seed + thread + call);
            }

            return 0;
        }))));

        var dependency = host.Table.All.Single();
        Assert.Equal(chaos.Attempts, recorder.Ended.Count);
        Assert.All(recorder.Ended, static ended => Assert.Equal(1, ended.Value));
        Assert.Equal(0, host.Services.GetRequiredService<ConcurrencyGuard>().InFlight(dependency));
        Assert.InRange(chaos.Attempts, (Threads * CallsPerThread) + 1, 1.21 * Threads * CallsPerThread);
    }

    private static async Task CallAsync(HttpClient client, int number)
    {
        using var cancellation = new CancellationTokenSource();
        var call = client.GetAsync(new Uri("http://stock.test/"), cancellation.Token);
        if (number % 10 == 0)
        {
            await cancellation.CancelAsync();
        }

        try
        {
            using var answer = await call;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or TimeoutException)
        {
        }
    }

    private sealed class ChaosHandler : HttpMessageHandler
    {
        private readonly ResiliencePipeline<HttpResponseMessage> _chaos;
        private int _attempts;

        public ChaosHandler(int seed)
        {
            var random = new Xorshift(seed);
            var gate = new Lock();
            _chaos = new ResiliencePipelineBuilder<HttpResponseMessage>()
                .AddChaosFault(new ChaosFaultStrategyOptions
                {
                    InjectionRate = 0.2,
                    Randomizer = Next,
                    FaultGenerator = new FaultGenerator()
                        .AddException(static () => new HttpRequestException(HttpRequestError.ConnectionError))
                        .AddException(static () => new TimeoutException())
                        .AddException(static () => new HttpRequestException(HttpRequestError.SecureConnectionError)),
                })
                .AddChaosOutcome(new ChaosOutcomeStrategyOptions<HttpResponseMessage>
                {
                    InjectionRate = 0.3,
                    Randomizer = Next,
                    OutcomeGenerator = new OutcomeGenerator<HttpResponseMessage>()
                        .AddResult(static () => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable))
                        .AddResult(static () => new HttpResponseMessage(HttpStatusCode.InternalServerError))
                        .AddResult(static () => new HttpResponseMessage(HttpStatusCode.TooManyRequests)),
                })
                .Build();

            double Next()
            {
                lock (gate)
                {
                    return random.Next();
                }
            }
        }

        public int Attempts => _attempts;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _attempts);
            await Task.Yield();
            return await _chaos.ExecuteAsync(static _ => ValueTask.FromResult(new HttpResponseMessage()), cancellationToken);
        }
    }

    private sealed class RecordingGuard : CallGuard
    {
        private long _ticket;

        public ConcurrentDictionary<long, int> Ended { get; } = new();

        public override CallPlace Place => CallPlace.Circuit;

        public override CallRefusal? Enter(Dependency dependency, in OutgoingCall call, ref long ticket)
        {
            ticket = Interlocked.Increment(ref _ticket);
            return null;
        }

        public override void Exit(Dependency dependency, in OutgoingCall call, long ticket, in CallOutcome outcome) =>
            Ended.AddOrUpdate(ticket, 1, static (_, count) => count + 1);
    }
}

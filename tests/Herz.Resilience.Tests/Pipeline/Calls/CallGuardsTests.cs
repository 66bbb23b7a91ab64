using System.Diagnostics.Metrics;
using CsCheck;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Calls;
using Microsoft.Extensions.Logging.Abstractions;

namespace Herz.Resilience.Tests.Pipeline.Calls;

public sealed class CallGuardsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Guards_AreAskedInTheirOrder_AndExitInReverse()
    {
        var log = new List<string>();
        var guards = Create(new Guard(CallPlace.Throttling, log), new Guard(CallPlace.RetryAfter, log), new Guard(CallPlace.Circuit, log));

        Run(guards);

        Assert.Equal(["enter RetryAfter", "enter Circuit", "enter Throttling", "exit Throttling Ok", "exit Circuit Ok", "exit RetryAfter Ok"], log);
    }

    [Fact]
    public void Refusal_IsReportedToThoseThatAdmitted_AndTheRestIsNotAsked()
    {
        var log = new List<string>();
        var guards = Create(new Guard(CallPlace.RetryAfter, log), new Guard(CallPlace.Circuit, log) { Refuses = true }, new Guard(CallPlace.Throttling, log));

        Assert.Equal("circuit", Run(guards)?.Guard);

        Assert.Equal(["enter RetryAfter", "enter Circuit", "exit RetryAfter Refused"], log);
    }

    [Fact]
    public void Guard_ThatThrows_IsSkippedAndLearnsNothing()
    {
        var log = new List<string>();
        var guards = Create(new Guard(CallPlace.RetryAfter, log) { Throws = true }, new Guard(CallPlace.Circuit, log));

        Assert.Null(Run(guards));

        Assert.Equal(["enter RetryAfter", "enter Circuit", "exit Circuit Ok"], log);
    }

    [Fact]
    public void EachAdmission_HasOneExitWithItsTicket() =>
        Gen.Select(Gen.Bool.Array[4], Gen.Bool.Array[4]).Sample((refuses, throws) =>
        {
            var all = Enum.GetValues<CallPlace>()[..^1].Select(place => new Guard(place, []) { Refuses = refuses[(int)place], Throws = throws[(int)place] }).ToArray();
            var guards = Create(all);
            for (var call = 0; call < 3; call++)
            {
                Run(guards);
            }

            Assert.All(all, static guard => Assert.Equal(guard.Admitted, guard.Exited));
        });

    private static CallRefusal? Run(CallGuards guards)
    {
        var dependency = new Dependency("stock", "stock");
        var call = new OutgoingCall(1, 1, RequestPriority.Default, null);
        var tickets = default(CallTickets);
        var refusal = guards.Enter(dependency, call, ref tickets);
        if (refusal is null)
        {
            guards.Exit(dependency, call, tickets, new CallOutcome(CallResult.Ok, 2));
        }

        return refusal;
    }

    private CallGuards Create(params Guard[] guards)
    {
        var meter = new HerzMeter(_services.GetRequiredService<IMeterFactory>());
        return new CallGuards(guards, new CallRefusals(meter), new GuardFaults(NullLogger<GuardFaults>.Instance, meter));
    }

    private sealed class Guard(CallPlace place, List<string> log) : CallGuard
    {
        private static long s_ticket;

        public bool Refuses { get; init; }

        public bool Throws { get; init; }

        public HashSet<long> Admitted { get; } = [];

        public HashSet<long> Exited { get; } = [];

        public override CallPlace Place => place;

        public override CallRefusal? Enter(Dependency dependency, in OutgoingCall call, ref long ticket)
        {
            log.Add($"enter {place}");
            if (Throws)
            {
                throw new InvalidOperationException("guard");
            }

            if (Refuses)
            {
                return new(place.Name(), "refused", null);
            }

            ticket = Interlocked.Increment(ref s_ticket);
            Admitted.Add(ticket);
            return null;
        }

        public override void Exit(Dependency dependency, in OutgoingCall call, long ticket, in CallOutcome outcome)
        {
            log.Add($"exit {place} {outcome.Result}");
            Assert.True(Exited.Add(ticket), "two exits");
        }
    }
}

using System.Threading.Tasks.Sources;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.Pipeline.Outcomes;
using Herz.Resilience.Pipeline.Refusals;

namespace Herz.Resilience.Tests.Pipeline;

/// <summary>
/// A guard whose verdict settles just before the given look at it: every moment at which another thread may settle it, one after
/// the other, on one thread.
/// </summary>
internal sealed class SettlingGuard(int settlesAtLook, bool refuses, bool onArrival) : RequestGuard
{
    public override GuardPlace Place => GuardPlace.LoadShedding;

    public override GuardPhases Phases => (onArrival ? GuardPhases.Arrive : GuardPhases.Enter) | GuardPhases.Exit;

    /// <summary>Places that were given and not taken back.</summary>
    public int InFlight { get; private set; }

    public int Exits { get; private set; }

    public override ValueTask<Refusal?> ArriveAsync(RequestScope scope) => Decide();

    public override ValueTask<Refusal?> EnterAsync(RequestScope scope, GuardedEndpoint endpoint) => Decide();

    public override void Exit(RequestScope scope, in RequestOutcome outcome)
    {
        Exits++;
        InFlight--;
    }

    private ValueTask<Refusal?> Decide()
    {
        InFlight += refuses ? 0 : 1;
        return new(new SettlingVerdict(settlesAtLook, refuses ? Refuse() : null), 0);
    }

    private static Refusal Refuse() => new()
    {
        Guard = GuardPlace.LoadShedding.Name(), Rule = "settling", StatusCode = 503, Type = ProblemTypes.TemporaryReducedCapacity, Title = "Refused.",
    };

    private sealed class SettlingVerdict(int settlesAtLook, Refusal? refusal) : IValueTaskSource<Refusal?>
    {
        private int _looks;
        private bool _taken;

        public ValueTaskSourceStatus GetStatus(short token) =>
            ++_looks > settlesAtLook ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

        // Whoever still waits is called back at once, by which time it has settled.
        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        {
            _looks = settlesAtLook;
            continuation(state);
        }

        public Refusal? GetResult(short token)
        {
            Assert.False(_taken, "A verdict is taken once.");
            _taken = true;
            return refusal;
        }
    }
}

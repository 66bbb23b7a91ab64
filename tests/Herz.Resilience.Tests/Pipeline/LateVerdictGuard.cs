using System.Threading.Tasks.Sources;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Pipeline.Endpoints;
using Herz.Resilience.Pipeline.Outcomes;
using Herz.Resilience.Pipeline.Refusals;

namespace Herz.Resilience.Tests.Pipeline;

/// <summary>
/// A guard whose verdict completes just before the given check of its status. So a test on one thread can cover every moment at which
/// another thread may complete it.
/// </summary>
internal sealed class LateVerdictGuard(int completesAtCheck, bool refuses, bool onArrival) : RequestGuard
{
    public override GuardPlace Place => GuardPlace.LoadShedding;

    public override GuardPhases Phases => (onArrival ? GuardPhases.Arrive : GuardPhases.Enter) | GuardPhases.Exit;

    /// <summary>Admitted requests that have not ended.</summary>
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
        return new(new LateVerdict(completesAtCheck, refuses ? Refuse() : null), 0);
    }

    private static Refusal Refuse() => new()
    {
        Guard = GuardPlace.LoadShedding.Name(), Rule = "late", StatusCode = 503, Type = ProblemTypes.TemporaryReducedCapacity, Title = "Refused.",
    };

    private sealed class LateVerdict(int completesAtCheck, Refusal? refusal) : IValueTaskSource<Refusal?>
    {
        private int _checks;
        private bool _isRead;

        public ValueTaskSourceStatus GetStatus(short token) =>
            ++_checks > completesAtCheck ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

        // A waiting caller continues at once, with the verdict completed.
        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        {
            _checks = completesAtCheck;
            continuation(state);
        }

        public Refusal? GetResult(short token)
        {
            Assert.False(_isRead, "The result of a verdict must be read once.");
            _isRead = true;
            return refusal;
        }
    }
}

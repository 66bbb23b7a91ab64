namespace Herz.Resilience.Pipeline.Calls;

/// <summary>Asks the guards of outgoing calls in their order, and reports the outcome to each that admitted.</summary>
internal sealed class CallGuards(IEnumerable<CallGuard> guards, CallRefusals refusals, GuardFaults faults)
{
    // The ticket of a guard that threw: it did not admit, so it must not learn the outcome.
    private const long Skipped = long.MinValue;

    private readonly CallGuard[] _guards = [.. guards.OrderBy(static guard => guard.Place)];

    /// <summary>Asks every guard; the first refusal ends it, and those that had admitted learn of it.</summary>
    public CallRefusal? Enter(Dependency dependency, in OutgoingCall call, ref CallTickets tickets)
    {
        for (var index = 0; index < _guards.Length; index++)
        {
            var guard = _guards[index];
            ref var ticket = ref tickets[(int)guard.Place];
            ticket = 0;
            try
            {
                if (guard.Enter(dependency, call, ref ticket) is { } refusal)
                {
                    Exit(dependency, call, tickets, new CallOutcome(CallResult.Refused, call.Started), index);
                    refusals.Refused(dependency, refusal);
                    return refusal;
                }
            }
#pragma warning disable CA1031 // A guard that throws is skipped.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                ticket = Skipped;
                faults.Report(guard.Place.Name(), "enter", exception);
            }
        }

        return null;
    }

    /// <summary>Reports the outcome of an admitted attempt.</summary>
    public void Exit(Dependency dependency, in OutgoingCall call, in CallTickets tickets, in CallOutcome outcome) =>
        Exit(dependency, call, tickets, outcome, _guards.Length);

    /// <summary>Reports that a dependency is forgotten.</summary>
    public void Forget(Dependency dependency)
    {
        foreach (var guard in _guards)
        {
            try
            {
                guard.Forget(dependency);
            }
#pragma warning disable CA1031 // A guard that throws is skipped.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                faults.Report(guard.Place.Name(), "forget", exception);
            }
        }
    }

    private void Exit(Dependency dependency, in OutgoingCall call, in CallTickets tickets, in CallOutcome outcome, int count)
    {
        for (var index = count - 1; index >= 0; index--)
        {
            var guard = _guards[index];
            if (tickets[(int)guard.Place] == Skipped)
            {
                continue;
            }

            try
            {
                guard.Exit(dependency, call, tickets[(int)guard.Place], outcome);
            }
#pragma warning disable CA1031 // A guard that throws is skipped.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                faults.Report(guard.Place.Name(), "exit", exception);
            }
        }
    }
}

using System.Diagnostics;

namespace Herz.Resilience.PendingWork.Walking;

/// <summary>Stops a walk at its deadline or as soon as one of its conditions no longer holds, and slows it down under a CPU limit.</summary>
internal sealed class WalkGuard(long deadline, WalkPace pace, params IWalkCheck[] checks)
{
    private const int Stride = 1024;

    private int _steps;

    /// <summary>Why the walk had to stop; null if it did not.</summary>
    public WalkStop? Stopped { get; private set; }

    /// <summary>Checks all conditions; called before each read of the heap.</summary>
    public bool MayContinue()
    {
        if (Stopped is not null)
        {
            return false;
        }

        pace.Step();
        Stopped = Stopwatch.GetTimestamp() > deadline ? new WalkStop("gave up: the capture reached its Timeout", IsTransient: false) : null;
        for (var i = 0; i < checks.Length && Stopped is null; i++)
        {
            Stopped = checks[i].Check();
        }

        return Stopped is null;
    }

    /// <summary>Like <see cref="MayContinue"/>, for loops with many short steps: checks at some of them.</summary>
    public bool MayContinueLoop() => Stopped is null && (++_steps % Stride != 0 || MayContinue());
}

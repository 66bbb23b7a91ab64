namespace Herz.Resilience.LeakWatchdog.Judging;

/// <summary>
/// The pure core: whether work that has outlived its requests grows without a bound. It is renewal theory (Cox, Renewal Theory, 1962):
/// in a population whose members all end, as many leave every age as reach it once it has run for some lifetimes, and the
/// ages have a bound; of a leak the members only grow older.
/// </summary>
internal static class SurvivorRule
{
    // Three standard deviations of the difference of two Poisson counts.
    private const double Significance = 3;
    private const double MinEndedShare = 0.5;
    private const int MinEnded = 3;

    // An age says something only after the population is four times as old.
    private const int AgesInHistory = 4;
    private const double MaxOutgrowth = 1.5;
    private const int MinWindowsToSlow = 9;
    private const double MaxShareOfSlower = 0.85;

    /// <summary>Whether as much ends as begins: in total, and beyond every age, so that a leak among healthy sessions is not hidden.</summary>
    /// <param name="before">The survivors by the age of their window at the earlier capture, in windows.</param>
    /// <param name="after">The survivors by the same ages at the later capture; work begun since has a negative age.</param>
    /// <param name="span">The windows between the captures.</param>
    public static bool IsBalanced(IReadOnlyDictionary<int, int> before, IReadOnlyDictionary<int, int> after, int span)
    {
        var oldest = before.Count == 0 ? 0 : before.Keys.Max();
        var (reached, left) = Flow(before, after, span, age: 0);
        if (left < Math.Max(MinEnded, MinEndedShare * reached))
        {
            return false;
        }

        for (var age = 1; (age * AgesInHistory) <= oldest + span; age *= 2)
        {
            (reached, left) = Flow(before, after, span, age);
            if (left < MinEndedShare * reached && reached - left >= Significance * Math.Sqrt(reached + left))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the survivors grow no faster than the load: a pool grows to what the load needs at once, and then stops.</summary>
    /// <param name="windows">The windows, oldest first: the requests that began in each, and those of them with work left.</param>
    public static bool FollowsLoad(IReadOnlyList<(int Begun, int Left)> windows)
    {
        var (peak, total, first, last) = (0, 0, 0.0, 0.0);
        foreach (var (begun, left) in windows)
        {
            peak = Math.Max(peak, begun);
            total += left;
            last = (double)total / Math.Max(1, peak);
            first = first == 0 && begun > 0 ? last : first;
        }

        return first > 0 && last <= MaxOutgrowth * first;
    }

    /// <summary>Whether each third of the windows leaves clearly less per request than the third before it: growth with a bound in sight.</summary>
    /// <param name="windows">The windows, oldest first: the requests that began in each, and those of them with work left.</param>
    public static bool Slows(IReadOnlyList<(int Begun, int Left)> windows)
    {
        if (windows.Count < MinWindowsToSlow)
        {
            return false;
        }

        var (first, second, third) = (Third(windows, 0), Third(windows, 1), Third(windows, 2));
        var expected = first.Rate * third.Begun;
        return second.Rate <= MaxShareOfSlower * first.Rate && third.Rate <= MaxShareOfSlower * second.Rate
            && expected - third.Left >= Significance * Math.Sqrt(expected * (1 + (third.Begun / Math.Max(1, first.Begun))));
    }

    private static (int Reached, int Left) Flow(IReadOnlyDictionary<int, int> before, IReadOnlyDictionary<int, int> after, int span, int age)
    {
        var reached = after.Where(entry => entry.Key < age && entry.Key >= age - span).Sum(static entry => entry.Value);
        var left = before.Where(entry => entry.Key >= age).Sum(entry => Math.Max(0, entry.Value - after.GetValueOrDefault(entry.Key)));
        return (reached, left);
    }

    private static (double Begun, double Left, double Rate) Third(IReadOnlyList<(int Begun, int Left)> windows, int number)
    {
        var (begun, left) = (0, 0);
        for (var index = number * windows.Count / 3; index < (number + 1) * windows.Count / 3; index++)
        {
            begun += windows[index].Begun;
            left += windows[index].Left;
        }

        return (begun, left, left / Math.Max(1.0, begun));
    }
}

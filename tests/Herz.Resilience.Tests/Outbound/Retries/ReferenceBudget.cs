namespace Herz.Resilience.Tests.Outbound.Retries;

/// <summary>The rule of the budget in its simplest form: every call and every charge is kept, and the sums are counted anew.</summary>
internal sealed class ReferenceBudget(double share, int floor)
{
    private readonly List<(long Second, int Count)> _calls = [];
    private readonly List<(long Second, int Cost)> _charges = [];

    public double Left(long second) => Math.Max(0, Limit(second) - Spent(second));

    public void Call(long second) => _calls.Add((second, 1));

    public bool TryCharge(long second, int cost)
    {
        if (Spent(second) + cost > Limit(second))
        {
            return false;
        }

        _charges.Add((second, cost));
        return true;
    }

    private double Limit(long second) => Math.Max(share * _calls.Count(call => call.Second > second - 10), floor);

    private int Spent(long second) => _charges.Where(charge => charge.Second > second - 10).Sum(charge => charge.Cost);
}

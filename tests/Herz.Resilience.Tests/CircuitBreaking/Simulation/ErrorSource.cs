namespace Herz.Resilience.Tests.CircuitBreaking.Simulation;

/// <summary>Which requests of a simulated endpoint fail.</summary>
internal abstract class ErrorSource
{
    public abstract bool Fails(double second, Xorshift random);

    /// <summary>Each request fails independently.</summary>
    public static ErrorSource Independent(double ratio) => new IndependentErrors(ratio);

    /// <summary>Three to five consecutive failures, which make up <paramref name="ratio"/> of all requests.</summary>
    public static ErrorSource Bursts(double ratio) => new BurstErrors(ratio);

    /// <summary>2 % independent failures; once an hour, all requests fail for two seconds.</summary>
    public static ErrorSource Blips() => new BlipErrors();

    /// <summary>2 % failures until the start of the outage, then <paramref name="ratio"/> permanently.</summary>
    public static ErrorSource Outage(double start, double ratio) => new OutageErrors(start, ratio);

    private sealed class IndependentErrors(double ratio) : ErrorSource
    {
        public override bool Fails(double second, Xorshift random) => random.Next() < ratio;
    }

    private sealed class BurstErrors(double ratio) : ErrorSource
    {
        private int _left;

        public override bool Fails(double second, Xorshift random)
        {
            if (_left == 0 && random.Next() < ratio / 4)
            {
                _left = 3 + (int)(random.Next() * 3);
            }

            return _left > 0 && _left-- > 0;
        }
    }

    private sealed class BlipErrors : ErrorSource
    {
        public override bool Fails(double second, Xorshift random) => (second + 1000) % 3600 < 2 || random.Next() < 0.02;
    }

    private sealed class OutageErrors(double start, double ratio) : ErrorSource
    {
        public override bool Fails(double second, Xorshift random) => random.Next() < (second < start ? 0.02 : ratio);
    }
}

namespace Herz.Resilience.Tests.CircuitBreaking.Simulation;

/// <summary>Which requests of a simulated endpoint fail.</summary>
internal abstract class ErrorSource
{
    public abstract bool Fails(double second, Xorshift random);

    /// <summary>Each request on its own.</summary>
    public static ErrorSource Independent(double ratio) => new IndependentErrors(ratio);

    /// <summary>Three to five in a row, so often that they are <paramref name="ratio"/> of all.</summary>
    public static ErrorSource Bursts(double ratio) => new BurstErrors(ratio);

    /// <summary>2 % on their own, and everything for two seconds once an hour.</summary>
    public static ErrorSource Blips() => new BlipErrors();

    /// <summary>2 % until a second, then so many for good.</summary>
    public static ErrorSource Outage(double begin, double ratio) => new OutageErrors(begin, ratio);

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

    private sealed class OutageErrors(double begin, double ratio) : ErrorSource
    {
        public override bool Fails(double second, Xorshift random) => random.Next() < (second < begin ? 0.02 : ratio);
    }
}

using System.Globalization;
using System.Runtime.CompilerServices;

namespace Herz.Resilience.Benchmarks.Overload;

/// <summary>The endpoints that can be overloaded, the same in every app.</summary>
internal static class OverloadEndpoint
{
    /// <summary>Names the environment variable that tells how many rounds of <see cref="Spin"/> take 10 ms of CPU.</summary>
    public const string SpinVariable = "HERZ_BENCHMARK_SPIN";

    private const int Slots = 8;
    private static readonly TimeSpan s_slotTime = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_blockingTime = TimeSpan.FromSeconds(1);

    public static void Map(IEndpointRouteBuilder app)
    {
        var slots = new SemaphoreSlim(Slots);
        var rounds = int.Parse(Environment.GetEnvironmentVariable(SpinVariable) ?? "0", CultureInfo.InvariantCulture);

        // A dependency such as a small connection pool, as a careful user calls it: with the token of the request.
        app.MapGet("/slots", async (CancellationToken cancellation) =>
        {
            await slots.WaitAsync(cancellation);
            try
            {
                await Task.Delay(s_slotTime, cancellation);
            }
            finally
            {
                slots.Release();
            }

            return "ok";
        });
        var ignoring = new SemaphoreSlim(Slots);

        // The same as most write it: no token reaches the dependency, so that what is given up still costs.
        app.MapGet("/ignoring", async () =>
        {
            await ignoring.WaitAsync();
            try
            {
                await Task.Delay(s_slotTime);
            }
            finally
            {
                ignoring.Release();
            }

            return "ok";
        });
        app.MapGet("/cpu", () =>
        {
            Spin(rounds);
            return "ok";
        });
        app.MapGet("/blocking", () =>
        {
            WaitAsync().GetAwaiter().GetResult();
            return "ok";
        });
        app.MapGet("/fast", () => "ok");
    }

    /// <summary>Work that no compiler leaves out, and that takes as long the first time as later.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static int Spin(int rounds)
    {
        var value = (uint)rounds | 1;
        for (var round = 0; round < rounds; round++)
        {
            value = (value * 1_664_525) + 1_013_904_223;
        }

        return (int)value;
    }

    private static async Task WaitAsync() => await Task.Delay(s_blockingTime);
}

using System.Globalization;
using System.Runtime.CompilerServices;

namespace Herz.Resilience.Benchmarks.Overload;

/// <summary>The endpoints for overload, identical in every app.</summary>
internal static class OverloadEndpoint
{
    /// <summary>Environment variable with the number of rounds of <see cref="Spin"/> that take 10 ms of CPU.</summary>
    public const string SpinVariable = "HERZ_BENCHMARK_SPIN";

    private const int Slots = 8;
    private static readonly TimeSpan s_slotTime = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_blockingTime = TimeSpan.FromSeconds(1);

    public static void Map(IEndpointRouteBuilder app)
    {
        var slots = new SemaphoreSlim(Slots);
        var rounds = int.Parse(Environment.GetEnvironmentVariable(SpinVariable) ?? "0", CultureInfo.InvariantCulture);

        // A dependency such as a small connection pool, called with the token of the request.
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

        // The same without the token, as in most apps: an abandoned call still uses the dependency.
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

    /// <summary>Work that the compiler cannot remove and that takes the same time on the first call.</summary>
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

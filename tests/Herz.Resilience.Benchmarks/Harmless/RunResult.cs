using Herz.Resilience.Benchmarks.Harmless.Clients;
using Herz.Resilience.Benchmarks.Harmless.Servers;

namespace Herz.Resilience.Benchmarks.Harmless;

/// <summary>One run of one row: the results of the clients, and the remaining state of the app.</summary>
internal sealed record RunResult(Tally Tally, string[] Problems, string[] Log)
{
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(5);

    public static async Task<RunResult> RunAsync(HealthyApp row, bool isGuarded, double scale)
    {
        AppProcess server;
        try
        {
            server = await AppProcess.StartAsync(row.Name, isGuarded);
        }
        catch (InvalidOperationException exception)
        {
            return new RunResult(new Tally(), [exception.Message], []);
        }

        var visitor = new Visitor(server, isGuarded, row.HasFixedTimes ? 1 : scale);
        try
        {
            var failure = "";
            try
            {
                await row.DriveAsync(visitor);
            }
#pragma warning disable CA1031 // The other rows must still run.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = $"the clients failed: {exception.Message}";
            }

            visitor.Dispose();
            var (problems, log) = await SettleAsync(visitor, row.HasRefusals);
            return new RunResult(visitor.Tally, failure.Length == 0 ? problems : [failure, .. problems], log);
        }
        finally
        {
            // A deployment may have replaced the first server.
            visitor.Server.Dispose();
        }
    }

    private static async Task<(string[] Problems, string[] Log)> SettleAsync(Visitor visitor, bool hasRefusals)
    {
        try
        {
            for (var start = TimeProvider.System.GetTimestamp(); ;)
            {
                var state = await visitor.Server.ReadAsync();
                string[] problems = [.. state.Problems(visitor.Tally.Failures + visitor.Tally.ExpectedErrors, hasRefusals)];
                if (problems.Length == 0 || TimeProvider.System.GetElapsedTime(start) > s_settling)
                {
                    return (problems, state.Log);
                }

                await Task.Delay(200);
            }
        }
        catch (InvalidOperationException exception)
        {
            return ([exception.Message], []);
        }
    }
}

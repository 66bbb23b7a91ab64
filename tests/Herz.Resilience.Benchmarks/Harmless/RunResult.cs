using Herz.Resilience.Benchmarks.Harmless.Clients;
using Herz.Resilience.Benchmarks.Harmless.Servers;

namespace Herz.Resilience.Benchmarks.Harmless;

/// <summary>One run of one row: what the clients counted, and what was left in the app.</summary>
internal sealed record RunResult(Tally Tally, string[] Complaints, string[] Log)
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
#pragma warning disable CA1031 // The other rows are still worth running.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = $"the clients gave up: {exception.Message}";
            }

            visitor.Dispose();
            var (complaints, log) = await SettleAsync(visitor, row.HasRefusals);
            return new RunResult(visitor.Tally, failure.Length == 0 ? complaints : [failure, .. complaints], log);
        }
        finally
        {
            // Not that which was started: a deployment replaces it.
            visitor.Server.Dispose();
        }
    }

    private static async Task<(string[] Complaints, string[] Log)> SettleAsync(Visitor visitor, bool hasRefusals)
    {
        try
        {
            for (var began = TimeProvider.System.GetTimestamp(); ;)
            {
                var state = await visitor.Server.ReadAsync();
                string[] complaints = [.. state.Complaints(visitor.Tally.Failures + visitor.Tally.ExpectedErrors, hasRefusals)];
                if (complaints.Length == 0 || TimeProvider.System.GetElapsedTime(began) > s_settling)
                {
                    return (complaints, state.Log);
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

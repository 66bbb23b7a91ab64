namespace Herz.Resilience.Sample;

/// <summary>Simulates faults, so that each guard can be observed. Mapped in Development only.</summary>
internal sealed class Switches
{
    private readonly List<TaskCompletionSource> _forgotten = [];

    public bool Slow { get; set; }

    public bool Failing { get; set; }

    public bool Leaking { get; set; }

    public async Task MisbehaveAsync(CancellationToken token)
    {
        if (Leaking)
        {
            _ = LeakAsync();
        }

        if (Slow)
        {
            await Task.Delay(TimeSpan.FromSeconds(10), token);
        }

        if (Failing)
        {
            throw new InvalidOperationException("The switch \"failing\" is on.");
        }
    }

    // A leak: the task waits for an event that never comes, and its timer stays armed.
    private async Task LeakAsync()
    {
        var never = new TaskCompletionSource();
        lock (_forgotten)
        {
            _forgotten.Add(never);
        }

        await Task.WhenAny(never.Task, Task.Delay(TimeSpan.FromDays(30)));
    }
}

internal static class SwitchEndpoints
{
    public static void MapSwitches(this WebApplication app) =>
        app.MapPost("/switches/{name}", (string name, bool on, Switches switches) =>
        {
            switch (name)
            {
                case "slow":
                    switches.Slow = on;
                    break;
                case "failing":
                    switches.Failing = on;
                    break;
                case "leaking":
                    switches.Leaking = on;
                    break;
                default:
                    return Results.NotFound($"Unknown switch \"{name}\". The switches are slow, failing and leaking.\n");
            }

            return Results.Text($"{name} is {(on ? "on" : "off")}\n");
        });
}

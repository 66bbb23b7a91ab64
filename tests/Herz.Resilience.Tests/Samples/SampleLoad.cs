namespace Herz.Resilience.Tests.Samples;

/// <summary>The load on the sample while its leak is on.</summary>
internal static class SampleLoad
{
    public static async Task SendAsync(HttpClient client, CancellationToken token)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            while (await timer.WaitForNextTickAsync(token))
            {
                using var response = await client.GetAsync("/orders/7", token);
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
        }
    }
}

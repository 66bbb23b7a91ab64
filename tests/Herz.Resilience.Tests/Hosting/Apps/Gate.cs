namespace Herz.Resilience.Tests.Hosting.Apps;

/// <summary>The behaviour of every endpoint of the matrix: it answers at once, or if the query has <c>wait</c>, waits until the gate opens or its token fires.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when an endpoint waits.</summary>
    public Task Entered => _entered.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public void Open() => _opened.TrySetResult();

    public async Task PassAsync(CancellationToken token)
    {
        _entered.TrySetResult();
        await _opened.Task.WaitAsync(token);
    }

    public async Task<string> AnswerAsync(HttpContext context)
    {
        if (context.Request.Query.ContainsKey("wait"))
        {
            await PassAsync(context.RequestAborted);
        }

        return "ok";
    }
}

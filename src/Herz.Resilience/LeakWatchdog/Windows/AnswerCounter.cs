using Herz.Resilience.Origins;
using Herz.Resilience.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>Counts requests whose answers have started: a long download or stream is not a hanging request.</summary>
internal sealed class AnswerCounter
{
    private readonly Func<object, Task> _onStarting;
    private long _answering;

    public AnswerCounter() => _onStarting = state =>
    {
        var scope = (RequestScope)state;
        if (scope.Origin is { WatchesAnswers: true } token && scope.Context is not null && !scope.IsAnswering)
        {
            Answer(scope, token);
        }

        return Task.CompletedTask;
    };

    /// <summary>The number of requests being answered, on endpoints that record answer starts.</summary>
    public long Answering => Volatile.Read(ref _answering);

    public void Begin(RequestScope scope, OriginToken token, HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            Answer(scope, token);
        }
        else
        {
            context.Response.OnStarting(_onStarting, scope);
        }
    }

    public void End(RequestScope scope, OriginToken token)
    {
        if (scope.IsAnswering)
        {
            scope.IsAnswering = false;
            token.EndAnswer();
            Interlocked.Decrement(ref _answering);
        }
    }

    private void Answer(RequestScope scope, OriginToken token)
    {
        scope.IsAnswering = true;
        token.BeginAnswer();
        Interlocked.Increment(ref _answering);
    }
}

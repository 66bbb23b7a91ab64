using System.Collections.Concurrent;

namespace Herz.Resilience.Benchmarks.Harmless.Servers;

/// <summary>Stores the first warnings of the bundle and the first errors of all categories.</summary>
internal sealed class LogCollector : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _messages = new();

    public string[] Messages => [.. _messages];

    public ILogger CreateLogger(string categoryName) =>
        new Collector(_messages, categoryName.StartsWith("Herz.Resilience", StringComparison.Ordinal) ? LogLevel.Warning : LogLevel.Error);

    public void Dispose()
    {
    }

    private sealed class Collector(ConcurrentQueue<string> messages, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least && messages.Count < 50;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                messages.Enqueue($"{logLevel} {eventId.Id}: {formatter(state, exception)}{(exception is null ? "" : $" ({exception.GetType().Name}: {exception.Message})")}");
            }
        }
    }
}

namespace Herz.Resilience.Tests.Hosting;

/// <summary>Keeps every log entry for assertions and waits.</summary>
internal sealed class LogSink : ILoggerProvider
{
    private readonly Lock _lock = new();
    private readonly List<LogEntry> _entries = [];
    private readonly List<(Func<LogEntry, bool> Matches, TaskCompletionSource<LogEntry> Found)> _waiting = [];

    /// <summary>Whether to throw like a provider on a full disk.</summary>
    public bool Throws { get; set; }

    public IReadOnlyCollection<LogEntry> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>Returns the first entry that matches, including earlier entries.</summary>
    public Task<LogEntry> WaitAsync(Func<LogEntry, bool> matches)
    {
        lock (_lock)
        {
            if (_entries.Find(entry => matches(entry)) is { } known)
            {
                return Task.FromResult(known);
            }

            var found = new TaskCompletionSource<LogEntry>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((matches, found));
            return found.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, this);

    public void Dispose()
    {
    }

    private void Add(LogEntry entry)
    {
        lock (_lock)
        {
            _entries.Add(entry);
            foreach (var (matches, found) in _waiting)
            {
                if (matches(entry))
                {
                    found.TrySetResult(entry);
                }
            }
        }
    }

    private sealed class Logger(string category, LogSink sink) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            sink.Add(new LogEntry(category, logLevel, eventId.Id, formatter(state, exception), exception));
            if (sink.Throws)
            {
                throw new IOException("No space left on device");
            }
        }
    }
}

internal sealed record LogEntry(string Category, LogLevel Level, int EventId, string Message, Exception? Exception);

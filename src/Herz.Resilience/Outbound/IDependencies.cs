namespace Herz.Resilience.Outbound;

/// <summary>
/// The dependencies of the app, for calls that are not HTTP: a database, a queue, a socket. They have the same budget, throttling and
/// metrics as HTTP calls.
/// </summary>
public interface IDependencies
{
    /// <summary>The dependency with a name. Its settings are <c>Herz:Outbound:Dependencies:{name}</c>, else <c>Herz:Outbound:Defaults</c>.</summary>
    /// <param name="name">The name; from a fixed set, since 10,000 dependencies are kept.</param>
    /// <returns>The dependency; keep it or get it for each call.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or white space.</exception>
#pragma warning disable CA1716 // The name that such a table has everywhere, such as IOptionsMonitor.Get.
    IDependency Get(string name);
#pragma warning restore CA1716
}

/// <summary>One dependency.</summary>
public interface IDependency
{
    /// <summary>The name.</summary>
    string Name { get; }

    /// <summary>The same dependency, for calls of which more is known.</summary>
    /// <param name="options">What is known of the calls.</param>
    /// <returns>The dependency; keep it for all calls of this kind.</returns>
    IDependency WithOptions(DependencyCallOptions options);

    /// <summary>Makes a call under the guards of the dependency.</summary>
    /// <typeparam name="TResult">The result of the call.</typeparam>
    /// <param name="operation">The call; made again for a retry.</param>
    /// <param name="cancellationToken">Cancels the call and the wait for a retry.</param>
    /// <returns>The result of the call.</returns>
    /// <exception cref="DependencyRefusedException">A guard refused the call.</exception>
    ValueTask<TResult> ExecuteAsync<TResult>(Func<CancellationToken, ValueTask<TResult>> operation, CancellationToken cancellationToken);

    /// <summary>Makes a call without a result under the guards of the dependency.</summary>
    /// <param name="operation">The call; made again for a retry.</param>
    /// <param name="cancellationToken">Cancels the call and the wait for a retry.</param>
    /// <returns>A task that ends with the call.</returns>
    /// <exception cref="DependencyRefusedException">A guard refused the call.</exception>
    ValueTask ExecuteAsync(Func<CancellationToken, ValueTask> operation, CancellationToken cancellationToken);
}

/// <summary>What is known of a call that is not HTTP. Keep one for each kind of call.</summary>
public sealed class DependencyCallOptions
{
    /// <summary>Whether the call can safely be made again, so that it is retried.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Idempotent { get; init; }

    /// <summary>
    /// Whether an exception of the call is a failure of the dependency. Others, such as a violated constraint, are passed on and count as success.
    /// </summary>
    /// <value>By default: timeouts, I/O and socket errors, HTTP request exceptions, and database errors that report themselves as transient.</value>
    public Func<Exception, bool>? IsFailure { get; init; }
}

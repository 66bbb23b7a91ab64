namespace Herz.Resilience.Pipeline;

/// <summary>
/// Runs code whose exception must not reach the caller: callbacks of the app, its log providers and meter listeners, files that may
/// be unreadable. An exception of the fault handler itself is dropped, since there is nowhere left to report it.
/// </summary>
internal static class Contained
{
    /// <param name="call">The code to run.</param>
    /// <param name="onFault">Reports an exception; null to drop it.</param>
    public static void Run(Action call, Action<Exception>? onFault = null) =>
        Run((call, onFault), static run => run.call(), static (run, exception) => run.onFault?.Invoke(exception));

    /// <summary>Like <see cref="Run(Action, Action{Exception})"/>; with static lambdas it allocates nothing.</summary>
    public static void Run<TState>(TState state, Action<TState> call, Action<TState, Exception>? onFault = null)
    {
#pragma warning disable CA1031 // The purpose of this class.
        try
        {
            call(state);
        }
        catch (Exception exception)
        {
            try
            {
                onFault?.Invoke(state, exception);
            }
            catch (Exception)
            {
            }
        }
#pragma warning restore CA1031
    }
}

namespace Herz.Resilience.Tool.Leaks;

/// <summary>Pending operations with the same path: a call stack, or an origin followed by method and state.</summary>
/// <param name="Path">Names from the outermost to the awaited operation.</param>
/// <param name="Count">Number of operations.</param>
internal sealed record PendingStack(IReadOnlyList<string> Path, long Count)
{
    /// <summary>Identifies the path.</summary>
    public string Key => string.Join('\n', Path);
}

namespace Herz.Resilience.Tool.Leaks;

/// <summary>Operations with the same path: a call stack, or the endpoint that they came from with what it left behind.</summary>
/// <param name="Path">From the outermost to what is waited for.</param>
/// <param name="Count">How many.</param>
internal sealed record PendingStack(IReadOnlyList<string> Path, long Count)
{
    /// <summary>What makes two paths the same.</summary>
    public string Key => string.Join('\n', Path);
}

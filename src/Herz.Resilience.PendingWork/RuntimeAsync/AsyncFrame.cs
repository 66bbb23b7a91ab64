namespace Herz.Resilience.PendingWork.RuntimeAsync;

/// <summary>What a continuation resumes.</summary>
/// <param name="Name">The name of the method.</param>
/// <param name="IsMethod">False for a helper of the framework between a method and what it awaits, which is not an operation.</param>
internal readonly record struct AsyncFrame(string Name, bool IsMethod)
{
    /// <summary>A helper of the framework.</summary>
    public static AsyncFrame Helper { get; } = new("", false);
}

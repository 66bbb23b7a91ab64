namespace Herz.Resilience.Benchmarks.Harmless.Clients;

/// <summary>The expected answer of the app.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">Text that the body must contain.</param>
/// <param name="Within">Maximum time of the answer; null for no limit.</param>
/// <param name="Fails">Whether the app itself fails this request; it then counts as a failure of both apps.</param>
/// <param name="Header">Name of a required header.</param>
internal readonly record struct Expected(int Status = 200, string? Body = null, TimeSpan? Within = null, bool Fails = false, string? Header = null)
{
    public static readonly Expected Ok = new(200);
}

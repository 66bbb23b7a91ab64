namespace Herz.Resilience.Benchmarks.Harmless.Clients;

/// <summary>What the app means to answer.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Body">What its body must hold.</param>
/// <param name="Within">From when on the client is harmed; none where any time is right.</param>
/// <param name="Fails">Whether the app itself fails this request, which then counts as a failure of both apps.</param>
/// <param name="Header">A header that the answer must have.</param>
internal readonly record struct Expected(int Status = 200, string? Body = null, TimeSpan? Within = null, bool Fails = false, string? Header = null)
{
    public static readonly Expected Ok = new(200);
}

namespace Herz.Resilience.Pipeline.Calls;

/// <summary>A refusal of an outgoing call before it is sent.</summary>
/// <param name="Guard">The name of the guard; see <see cref="CallPlace"/>.</param>
/// <param name="Reason">One sentence with the numbers.</param>
/// <param name="RetryAfter">The earliest moment at which a call can succeed; null if unknown.</param>
/// <param name="Status">The status of the answer that the caller gets: 429 or 503.</param>
internal sealed record CallRefusal(string Guard, string Reason, TimeSpan? RetryAfter, int Status = 503);

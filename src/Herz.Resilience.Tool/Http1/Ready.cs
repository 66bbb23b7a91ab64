namespace Herz.Resilience.Tool.Http1;

/// <summary>A socket that can be read or written, or has failed (then both).</summary>
/// <param name="Slot">The number that it was added with.</param>
/// <param name="Read">Reading gives bytes, the end, or an error.</param>
/// <param name="Write">Writing, or the connecting, can go on.</param>
internal readonly record struct Ready(int Slot, bool Read, bool Write);

namespace Herz.Resilience.Tool.Http1;

/// <summary>A socket that is readable or writable; both if it failed.</summary>
/// <param name="Slot">The slot of the connection.</param>
/// <param name="Read">Whether a read returns bytes, the end, or an error.</param>
/// <param name="Write">Whether writing or connecting can continue.</param>
internal readonly record struct Ready(int Slot, bool Read, bool Write);

namespace Herz.Resilience.Tool.Commands;

/// <summary>Where a command writes.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Complaints.</param>
/// <param name="IsLive">True when the output is a screen that may be redrawn.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool IsLive);

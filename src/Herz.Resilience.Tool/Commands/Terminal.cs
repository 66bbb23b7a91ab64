namespace Herz.Resilience.Tool.Commands;

/// <summary>The output of a command.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Errors and warnings.</param>
/// <param name="IsLive">Whether the output is a terminal that can be redrawn.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool IsLive);

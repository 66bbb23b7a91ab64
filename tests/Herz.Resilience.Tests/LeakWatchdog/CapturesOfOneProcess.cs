namespace Herz.Resilience.Tests.LeakWatchdog;

/// <summary>Captures of one process share what is under way, so what is counted exactly is counted by one test at a time.</summary>
[CollectionDefinition(Name)]
public sealed class CapturesOfOneProcess
{
    public const string Name = "Captures of one process";
}

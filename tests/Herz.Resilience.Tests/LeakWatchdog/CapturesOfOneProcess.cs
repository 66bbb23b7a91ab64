namespace Herz.Resilience.Tests.LeakWatchdog;

/// <summary>A capture covers the whole process, so tests with exact counts run one at a time.</summary>
[CollectionDefinition(Name)]
public sealed class CapturesOfOneProcess
{
    public const string Name = "Captures of one process";
}

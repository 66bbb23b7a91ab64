using Herz.Resilience.PendingWork.Threads;

namespace Herz.Resilience.PendingWork.Tests.Threads;

public class ThreadRunsTests
{
    [Theory]
    [InlineData("21519067 2223428 86\n", 86ul)]
    [InlineData("0 0 1", 1ul)]
    [InlineData("0 0 0\n", null)] // disabled: a thread that exists has run
    [InlineData("1 2", null)]
    [InlineData("1 2 3 4", null)]
    [InlineData("1 2 -3", null)]
    [InlineData("", null)]
    public void OfSchedstat_Text_IsTheThirdNumber(string text, ulong? expected) => Assert.Equal(expected, ThreadRuns.OfSchedstat(text));

    [Theory]
    [InlineData("Name:\tx\nMems_allowed_list:\t0\nvoluntary_ctxt_switches:\t72\nnonvoluntary_ctxt_switches:\t14\n", 86ul)]
    [InlineData("voluntary_ctxt_switches:\t72\n", null)]
    [InlineData("voluntary_ctxt_switches:\tmany\nnonvoluntary_ctxt_switches:\t14\n", null)]
    [InlineData("", null)]
    public void OfStatus_Text_IsTheSumOfBothSwitches(string text, ulong? expected) => Assert.Equal(expected, ThreadRuns.OfStatus(text));
}

using Herz.Resilience.LeakWatchdog.Windows;
using static Herz.Resilience.LeakWatchdog.Windows.WindowState;

namespace Herz.Resilience.Tests.LeakWatchdog.Windows;

public sealed class OriginWindowsTests
{
    [Fact]
    public void IsLeaking_NoWindow_IsFalse() => Assert.False(IsLeaking());

    [Fact]
    public void IsLeaking_ThreeLeakyWindows_IsTrue() => Assert.True(IsLeaking(Leaky, Leaky, Leaky));

    [Fact]
    public void IsLeaking_TwoLeakyWindows_IsFalse() => Assert.False(IsLeaking(Leaky, Leaky, Clean, Clean));

    [Fact]
    public void IsLeaking_SeparateLeakyWindows_IsTrue() => Assert.True(IsLeaking(Leaky, Clean, Leaky, Clean, Clean, Leaky));

    [Fact]
    public void IsLeaking_AfterThreeCleanWindows_IsFalse()
    {
        Assert.True(IsLeaking(Leaky, Leaky, Leaky, Leaky, Clean, Clean));
        Assert.False(IsLeaking(Leaky, Leaky, Leaky, Leaky, Clean, Clean, Clean));
    }

    [Fact]
    public void IsLeaking_AllWindowsClean_IsFalse() => Assert.False(IsLeaking(Clean, Clean, Clean, Clean));

    // Oldest first, as they happen.
    private static bool IsLeaking(params WindowState[] states) =>
        OriginWindows.IsLeaking([.. states.Reverse().Take(RecentWindows.Capacity)], states.Count(static state => state == Leaky));
}

using Herz.Resilience.LeakWatchdog.Windows;
using static Herz.Resilience.LeakWatchdog.Windows.WindowState;

namespace Herz.Resilience.Tests.LeakWatchdog.Windows;

public sealed class OriginWindowsTests
{
    [Fact]
    public void IsLeaking_NoWindow_IsFalse() => Assert.False(OriginWindows.IsLeaking([]));

    [Fact]
    public void IsLeaking_ThreeLeakyWindows_IsTrue() => Assert.True(OriginWindows.IsLeaking([Leaky, Leaky, Leaky]));

    [Fact]
    public void IsLeaking_TwoLeakyWindows_IsFalse() => Assert.False(OriginWindows.IsLeaking([Leaky, Leaky, Clean, Clean, Unknown]));

    [Fact]
    public void IsLeaking_SeparateLeakyWindows_IsTrue() => Assert.True(OriginWindows.IsLeaking([Leaky, Clean, Leaky, Clean, Clean, Leaky]));

    [Fact]
    public void IsLeaking_UnknownWindows_AreIgnored()
    {
        Assert.True(OriginWindows.IsLeaking([Leaky, Unknown, Leaky, Unknown, Leaky, Unknown, Unknown, Unknown]));
        Assert.False(OriginWindows.IsLeaking([Leaky, Leaky, Unknown, Unknown]));
    }

    [Fact]
    public void IsLeaking_AfterThreeCleanWindows_IsFalse()
    {
        Assert.True(OriginWindows.IsLeaking([Leaky, Leaky, Leaky, Leaky, Clean, Clean]));
        Assert.False(OriginWindows.IsLeaking([Leaky, Leaky, Leaky, Leaky, Clean, Clean, Clean]));
    }

    [Fact]
    public void IsLeaking_AllWindowsClean_IsFalse() => Assert.False(OriginWindows.IsLeaking([Clean, Clean, Clean, Clean]));
}

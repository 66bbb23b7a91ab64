using Herz.Resilience.LeakWatchdog.Windows;
using static Herz.Resilience.LeakWatchdog.Windows.WindowState;

namespace Herz.Resilience.Tests.LeakWatchdog.Windows;

public sealed class OriginWindowsTests
{
    [Fact]
    public void NoWindow_IsNoSuspicion() => Assert.False(OriginWindows.IsLeaking([]));

    [Fact]
    public void ThreeLeakyWindows_AreSuspected() => Assert.True(OriginWindows.IsLeaking([Leaky, Leaky, Leaky]));

    [Fact]
    public void TwoLeakyWindows_AreALazyStart() => Assert.False(OriginWindows.IsLeaking([Leaky, Leaky, Clean, Clean, Unknown]));

    [Fact]
    public void LeakyWindowsApart_AreSuspected() => Assert.True(OriginWindows.IsLeaking([Leaky, Clean, Leaky, Clean, Clean, Leaky]));

    [Fact]
    public void WhatIsNotKnown_DecidesNothing()
    {
        Assert.True(OriginWindows.IsLeaking([Leaky, Unknown, Leaky, Unknown, Leaky, Unknown, Unknown, Unknown]));
        Assert.False(OriginWindows.IsLeaking([Leaky, Leaky, Unknown, Unknown]));
    }

    [Fact]
    public void ThreeCleanWindows_EndTheSuspicion()
    {
        Assert.True(OriginWindows.IsLeaking([Leaky, Leaky, Leaky, Leaky, Clean, Clean]));
        Assert.False(OriginWindows.IsLeaking([Leaky, Leaky, Leaky, Leaky, Clean, Clean, Clean]));
    }

    [Fact]
    public void LeakedWorkThatEndsAfterAll_EndsTheSuspicion() => Assert.False(OriginWindows.IsLeaking([Clean, Clean, Clean, Clean]));
}

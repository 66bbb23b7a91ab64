using Herz.Resilience.LeakWatchdog.Windows;
using static Herz.Resilience.LeakWatchdog.Windows.WindowState;

namespace Herz.Resilience.Tests.LeakWatchdog.Windows;

public sealed class OriginWindowsTests
{
    [Fact]
    public void NoWindow_IsNoSuspicion() => Assert.False(OriginWindows.Judge([]));

    [Fact]
    public void ThreeLeakyWindows_AreSuspected() => Assert.True(OriginWindows.Judge([Leaky, Leaky, Leaky]));

    [Fact]
    public void TwoLeakyWindows_AreALazyStart() => Assert.False(OriginWindows.Judge([Leaky, Leaky, Clean, Clean, Unknown]));

    [Fact]
    public void LeakyWindowsApart_AreSuspected() => Assert.True(OriginWindows.Judge([Leaky, Clean, Leaky, Clean, Clean, Leaky]));

    [Fact]
    public void WhatIsNotKnown_DecidesNothing()
    {
        Assert.True(OriginWindows.Judge([Leaky, Unknown, Leaky, Unknown, Leaky, Unknown, Unknown, Unknown]));
        Assert.False(OriginWindows.Judge([Leaky, Leaky, Unknown, Unknown]));
    }

    [Fact]
    public void ThreeCleanWindows_EndTheSuspicion()
    {
        Assert.True(OriginWindows.Judge([Leaky, Leaky, Leaky, Leaky, Clean, Clean]));
        Assert.False(OriginWindows.Judge([Leaky, Leaky, Leaky, Leaky, Clean, Clean, Clean]));
    }

    [Fact]
    public void LeakedWorkThatEndsAfterAll_EndsTheSuspicion() => Assert.False(OriginWindows.Judge([Clean, Clean, Clean, Clean]));
}

using System.Runtime.CompilerServices;
using Herz.Resilience.LeakWatchdog.Windows;
using Herz.Resilience.Origins;

namespace Herz.Resilience.Tests.LeakWatchdog.Windows;

public sealed class ClosedWindowTests
{
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_closed = TimeSpan.FromHours(1);

    private readonly OriginToken _token = new(new OriginSource("GET /", OriginKind.Endpoint, 1) { WatchesAnswers = true }, 1);
    private readonly KnownCollections _collections = new();

    [Fact]
    public void TokenThatSurvivesAFullCollection_IsLeaky()
    {
        var left = _token.Rest();
        var window = new ClosedWindow(_token, s_closed);
        Check(window, seconds: 15);
        Assert.True(window.AwaitsCollection);
        Assert.Equal(WindowState.Unknown, window.State);

        _collections.CollectFully();
        Check(window, seconds: 30);

        Assert.Equal(WindowState.Leaky, window.State);
        GC.KeepAlive(left);
    }

    [Fact]
    public void FullCollectionThatStartedBefore_ProvesNothing()
    {
        var left = _token.Rest();
        var window = new ClosedWindow(_token, s_closed);
        _collections.Begin();
        Check(window, seconds: 15);

        _collections.EndAsFull();
        Check(window, seconds: 30);

        Assert.Equal(WindowState.Unknown, window.State);
        GC.KeepAlive(left);
    }

    [Fact]
    public void RestThatIsCollected_IsClean_ThoughTheTokenIsOld()
    {
        GC.Collect();
        GC.Collect();
        Assert.Equal(2, GC.GetGeneration(_token));
        EndAll(_token);
        var window = new ClosedWindow(_token, s_closed);
        GC.Collect(0);

        Check(window, seconds: 15);

        Assert.Equal(WindowState.Clean, window.State);
        GC.KeepAlive(_token);
    }

    [Fact]
    public void RequestsThatLeaveNothing_AreCleanWithoutACollection()
    {
        _token.Begin();
        _token.End();
        var window = new ClosedWindow(_token, s_closed);

        Check(window, seconds: 15);

        Assert.Equal((WindowState.Clean, 1), (window.State, window.Begun));
    }

    [Fact]
    public void LentTokenThatIsCollected_IsClean()
    {
        var window = CloseForgotten();
        GC.Collect();

        Check(window, seconds: 15);

        Assert.Equal(WindowState.Clean, window.State);
    }

    [Fact]
    public void Window_ThatHasJustClosed_IsUnknown()
    {
        var window = CloseForgotten();
        GC.Collect();

        Check(window, seconds: 14);

        Assert.Equal(WindowState.Unknown, window.State);
    }

    [Fact]
    public void RequestsThatHang_AreLeaky()
    {
        var window = new ClosedWindow(_token, s_closed);
        _token.Begin();
        Check(window, seconds: 15);
        Check(window, seconds: 614);
        Assert.Equal(WindowState.Unknown, window.State);

        Check(window, seconds: 615);

        Assert.Equal(WindowState.Leaky, window.State);
    }

    [Fact]
    public void RequestsWithStartedAnswers_AreUnknown()
    {
        var window = new ClosedWindow(_token, s_closed);
        _token.Begin();
        _token.BeginAnswer();
        for (var seconds = 15; seconds < 6000; seconds += 15)
        {
            _collections.CollectFully();
            Check(window, seconds);
        }

        Assert.Equal(WindowState.Unknown, window.State);
    }

    [Fact]
    public void LastingRequests_StartTheRecordingOfAnswers_AndAreUnknownBefore()
    {
        var source = new OriginSource("GET /", OriginKind.Endpoint, 1);
        var token = source.Take();
        var window = new ClosedWindow(token, s_closed);
        Check(window, seconds: 15);
        Check(window, seconds: 74);
        Assert.False(source.WatchesAnswers);

        Check(window, seconds: 75);
        Check(window, seconds: 6000);

        Assert.True(source.WatchesAnswers);
        Assert.Equal(WindowState.Unknown, window.State);
        Assert.True(source.Close(1 << 12) == token && source.Take().WatchesAnswers);
    }

    [Fact]
    public void BackgroundWorkThatHangs_IsLeakyWithoutAnswers()
    {
        var token = new OriginSource("background mail", OriginKind.Work, 1).Take();
        var window = new ClosedWindow(token, s_closed);
        Check(window, seconds: 15);

        Check(window, seconds: 615);

        Assert.Equal(WindowState.Leaky, window.State);
    }

    [Fact]
    public void SlowRequestsThatBecomeFewer_AreUnknown()
    {
        var window = new ClosedWindow(_token, s_closed);
        _token.Begin();
        _token.Begin();
        _token.Begin();
        for (var seconds = 15; _token.Active > 1; seconds += 15)
        {
            Check(window, seconds);
            _token.End();
        }

        Check(window, seconds: 60);
        Assert.Equal(WindowState.Unknown, window.State);
        var left = _token.Rest();
        _token.End();
        Check(window, seconds: 75);
        Assert.True(window.AwaitsCollection);
        GC.KeepAlive(left);
    }

    [Fact]
    public void StreamsThatContinue_AreUnknown()
    {
        var token = new OriginSource("GET /events", OriginKind.Stream, 1).Take();
        var window = new ClosedWindow(token, s_closed);
        for (var seconds = 15; seconds < 600; seconds += 15)
        {
            _collections.CollectFully();
            Check(window, seconds);
        }

        Assert.Equal(WindowState.Unknown, window.State);
    }

    private void Check(ClosedWindow window, int seconds) => window.Check(s_closed + TimeSpan.FromSeconds(seconds), _collections, s_settle);

    // Not inlined, so that no register keeps the token.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ClosedWindow CloseForgotten() => new(new OriginSource("hosted services", OriginKind.Hosted, 1).Lend(), s_closed);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void EndAll(OriginToken token) => GC.KeepAlive(token.Rest());

    private sealed class KnownCollections : FullCollections
    {
        private long _lastStarted;
        private long _lastFull;

        public override long LastStarted => _lastStarted;

        public override long LastFull => _lastFull;

        public void Begin() => _lastStarted++;

        public void EndAsFull() => _lastFull = _lastStarted;

        public void CollectFully()
        {
            Begin();
            EndAsFull();
        }
    }
}

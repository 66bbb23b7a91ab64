using CsCheck;

namespace Herz.Resilience.PendingWork.Tests;

public class PendingWorkProfileTests
{
    [Fact]
    public void ByStack_ChainsOfTwo_CountsEachChainOnce()
    {
        var profile = Profiles.At(0, [.. Profiles.Chain(new PendingStackTable(), 3, "Task.Delay", null, "A", "B")]);

        var stack = Assert.Single(profile.ByStack());
        Assert.Equal(("B <- A", 3, "Task.Delay"), (stack.Stack, stack.Count, stack.Awaits));
        Assert.Equal([("A", "B", 3), ("B", "Task.Delay", 3)], profile.ByMethod().Select(static g => (g.Method, g.Awaits, g.Count)));
    }

    [Fact]
    public void ByOrigin_TwoOrigins_AreSeparate()
    {
        var stacks = new PendingStackTable();
        var profile = Profiles.At(0, [.. Profiles.Chain(stacks, 2, "X", "GET /a", "M"), .. Profiles.Chain(stacks, 5, "X", "GET /b", "M")]);

        Assert.Equal([("GET /b", 5), ("GET /a", 2)], profile.ByOrigin().Select(static g => (g.Origin, g.Count)));
        Assert.Equal(7, Assert.Single(profile.ByMethod()).Count);
    }

    [Fact]
    public void ByMethod_AnyOperations_CountsAll() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 3], Gen.Bool).List[0, 200].Sample(picks =>
        {
            var stacks = new PendingStackTable();
            var operations = picks.Select(p => new PendingOperation(
                PendingKind.AsyncMethod, stacks.Get($"M{p.Item1}", null), $"A{p.Item2}", PendingState.Awaiting, null, p.Item3)).ToArray();
            var profile = Profiles.At(0, operations);
            return profile.ByMethod().Sum(static g => g.Count) == operations.Length
                && profile.ByStack().Sum(static g => g.Count) == operations.Count(static o => o.IsInnermost);
        });

    [Fact]
    public void Since_LeakAmongSteadyWork_ListsOnlyTheLeak()
    {
        var stacks = new PendingStackTable();
        var steady = Profiles.Chain(stacks, 20, "PeriodicTimer", null, "Loop").ToArray();
        var before = Profiles.At(0, [.. steady, .. Profiles.Chain(stacks, 10, "Channel", "GET /orders", "Load")]);
        var after = Profiles.At(2, [.. steady, .. Profiles.Chain(stacks, 250, "Channel", "GET /orders", "Load")]);

        var difference = after.Since(before);
        var change = Assert.Single(difference.Changes);

        Assert.Equal(new PendingChange("Load", "Channel", "GET /orders", 10, 250), change);
        Assert.Equal((240, 120.0, 1.0), (change.Growth, difference.PerMinute(change), difference.ShareOf(change)));
        Assert.Contains("+240 (10 -> 250, +120/min, 100 % of growth) Load awaiting Channel from GET /orders", difference.ToString());
    }

    [Fact]
    public void Since_SwappedProfiles_NegatesTheGrowth() =>
        Gen.Int[0, 30].Array[6].Sample(counts =>
        {
            var stacks = new PendingStackTable();
            PendingWorkProfile Of(int from) =>
                Profiles.At(0, [.. Enumerable.Range(0, 3).SelectMany(i => Profiles.Chain(stacks, counts[from + i], "X", null, $"M{i}"))]);
            var forward = Of(3).Since(Of(0)).Changes.ToDictionary(static c => c.Method, static c => c.Growth);
            var backward = Of(0).Since(Of(3)).Changes.ToDictionary(static c => c.Method, static c => c.Growth);
            return forward.Count == backward.Count && forward.All(f => backward[f.Key] == -f.Value);
        });

    [Theory]
    [InlineData(CaptureMethod.OwnWalk, CaptureMethod.ForkSnapshot, null)]
    [InlineData(CaptureMethod.EventPipe, CaptureMethod.EventPipe, null)]
    [InlineData(CaptureMethod.None, CaptureMethod.None, null)]
    [InlineData(CaptureMethod.OwnWalk, CaptureMethod.EventPipe, "# note: captured by OwnWalk before and by EventPipe now")]
    [InlineData(CaptureMethod.EventPipe, CaptureMethod.ForkSnapshot, "# note: captured by EventPipe before and by ForkSnapshot now")]
    [InlineData(CaptureMethod.OwnWalk, CaptureMethod.None, "# note: the later capture read nothing")]
    [InlineData(CaptureMethod.None, CaptureMethod.EventPipe, "# note: the earlier capture read nothing")]
    public void Since_OtherCaptureMethod_NotesIt(CaptureMethod before, CaptureMethod after, string? note)
    {
        static PendingWorkProfile By(CaptureMethod method) => new(Profiles.Start, [], method, [], [], [], default);

        var lines = By(after).Since(By(before)).ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(note is null ? 1 : 2, lines.Length);
        Assert.StartsWith(note ?? "pending difference:", lines[^1], StringComparison.Ordinal);
    }

    public static TheoryData<PendingKind, PendingWorkOptions, string> IncludedInOne => new()
    {
        { PendingKind.BlockedThread, new() { Threads = true }, "threads are left out: only the later capture included them" },
        { PendingKind.Timer, new() { Timers = false }, "timers are left out: only the earlier capture included them" },
        { PendingKind.Registration, new() { Registrations = false }, "registrations are left out: only the earlier" },
        { PendingKind.Promise, new() { Promises = false }, "tasks without a body are left out: only the earlier" },
        { PendingKind.Promise, new() { IdlePromises = true }, "tasks without a body that no code awaits are left out: only the later" },
        { PendingKind.BlockedThread, new() { Threads = true, HeapByType = true }, "objects by type are left out: only the later" },
    };

    [Theory]
    [MemberData(nameof(IncludedInOne))]
    public void Since_OtherOptions_LeavesKindOutAndNotesIt(PendingKind kind, PendingWorkOptions options, string note)
    {
        var operation = new PendingOperation(kind, new PendingStackTable().Get("M", null), "A", PendingState.Awaiting, null, true);
        PendingWorkProfile With(PendingWorkOptions captured, bool holds) =>
            new(Profiles.Start, holds ? [operation] : [], CaptureMethod.OwnWalk, [], [], [], default) { Options = captured };
        var plain = !options.Timers || !options.Registrations || !options.Promises;

        var forward = With(options, !plain).Summarize().Since(With(new(), plain));
        var backward = With(new(), plain).Since(With(options, !plain));

        Assert.Empty(forward.Changes);
        Assert.Empty(backward.Changes);
        Assert.Contains(forward.Notes, text => text.StartsWith(note, StringComparison.Ordinal));
        Assert.Equal(forward.Notes.Count, backward.Notes.Count);
        Assert.Single(With(options, true).Since(With(options, false)).Changes);
    }

    [Fact]
    public void Capture_NullOrigin_IsRejected()
    {
        var error = Assert.Throws<ArgumentNullException>(static () => PendingWorkProfile.Capture(new() { Origins = [null!] }));

        Assert.Equal("Origins", error.ParamName);
        Assert.Contains("Origins[0] is null", error.Message);
    }

    [Fact]
    public void ToString_UnknownFormat_IsRejected() =>
        Assert.Throws<ArgumentOutOfRangeException>(static () => Profiles.At(0).ToString((PendingWorkFormat)9));

    [Theory]
    [InlineData(0, 2, 10_000, "MaxOperations")]
    [InlineData(1, 101, 10_000, "Retries")]
    [InlineData(1, 2, 99, "Timeout")]
    public void Capture_OptionOutOfRange_IsRejected(int max, int retries, int timeout, string named)
    {
        var options = new PendingWorkOptions { MaxOperations = max, Retries = retries, Timeout = TimeSpan.FromMilliseconds(timeout) };

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => PendingWorkProfile.Capture(options));
        Assert.Equal(named, error.ParamName);
    }
}

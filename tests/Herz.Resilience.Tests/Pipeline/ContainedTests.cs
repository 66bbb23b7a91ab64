using Herz.Resilience.Pipeline;

namespace Herz.Resilience.Tests.Pipeline;

public sealed class ContainedTests
{
    private static readonly InvalidOperationException s_fault = new("faulty");

    [Fact]
    public void Run_OfCodeThatThrows_ReportsTheException()
    {
        Exception? reported = null;

        Contained.Run(static () => throw s_fault, exception => reported = exception);

        Assert.Same(s_fault, reported);
    }

    [Fact]
    public void Run_OfCodeThatThrows_ReportsTheExceptionWithTheState()
    {
        var reported = new List<(string State, Exception Exception)>();

        Contained.Run((Name: "state", reported), static _ => throw s_fault, static (state, exception) => state.reported.Add((state.Name, exception)));

        Assert.Equal([("state", s_fault)], reported);
    }

    [Fact]
    public void Run_OfCodeThatSucceeds_ReportsNothing()
    {
        var (calls, faults) = (0, 0);

        Contained.Run(() => calls++, _ => faults++);

        Assert.Equal((1, 0), (calls, faults));
    }

    [Fact]
    public void Run_WhoseHandlerThrows_DropsBothExceptions()
    {
        Contained.Run(static () => throw s_fault, static exception => throw exception);
        Contained.Run(static () => throw s_fault);
        Contained.Run(1, static _ => throw s_fault);
    }

    [Fact]
    public void Run_WithStaticLambdas_AllocatesNothing()
    {
        var sum = new StrongBox();

        Assert.Equal(0, Allocation.Of(() =>
        {
            for (var index = 0; index < 1_000; index++)
            {
                Contained.Run((sum, index), static add => add.sum.Value += add.index, static (_, exception) => throw exception);
            }
        }));
        Assert.NotEqual(0, sum.Value);
    }

    private sealed class StrongBox
    {
        public long Value { get; set; }
    }
}

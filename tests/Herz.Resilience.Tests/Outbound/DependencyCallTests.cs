using Herz.Resilience.Outbound;
using Herz.Resilience.Tests.Outbound.Servers;

namespace Herz.Resilience.Tests.Outbound;

/// <summary>Calls that are not HTTP.</summary>
public sealed class DependencyCallTests
{
    private static readonly DependencyCallOptions s_idempotent = new() { Idempotent = true };

    [Fact]
    public async Task Call_ThatIsIdempotent_IsRetried()
    {
        await using var host = OutboundHost.Create();
        var attempts = 0;

        var result = await host.RunAsync(host.Dependencies.Get("payments").WithOptions(s_idempotent).ExecuteAsync(
            _ => ++attempts < 3 ? throw new TimeoutException() : ValueTask.FromResult("paid"), CancellationToken.None).AsTask());

        Assert.Equal("paid", result);
        Assert.Equal(3, attempts);
        Assert.Equal(1, host.Counted("herz.outbound.retries", "dependency=payments,outcome=succeeded"));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Call_ThatIsNotIdempotentOrHasAnErrorOfItsOwn_IsNotRetried(bool isIdempotent, bool isOwnError)
    {
        await using var host = OutboundHost.Create();
        var attempts = 0;

        await Assert.ThrowsAnyAsync<Exception>(() => host.RunAsync(host.Dependencies.Get("payments").WithOptions(new() { Idempotent = isIdempotent }).ExecuteAsync<int>(
            _ =>
            {
                attempts++;
                throw isOwnError ? new InvalidOperationException() : new TimeoutException();
            },
            CancellationToken.None).AsTask()));

        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task Call_WithItsOwnRule_IsRetriedByThatRule()
    {
        await using var host = OutboundHost.Create(new() { ["Outbound:Dependencies:payments:MaxAttempts"] = "2" });
        var attempts = 0;
        var payments = host.Dependencies.Get("payments").WithOptions(new() { Idempotent = true, IsFailure = static exception => exception is InvalidOperationException });

        await Assert.ThrowsAsync<InvalidOperationException>(() => host.RunAsync(payments.ExecuteAsync<int>(
            _ =>
            {
                attempts++;
                throw new InvalidOperationException();
            },
            CancellationToken.None).AsTask()));

        Assert.Equal(2, attempts);
    }

    [Fact]
    public async Task Call_OfADependencyThatIsDown_IsRefusedWithTheReason()
    {
        await using var host = OutboundHost.Create();
        var payments = host.Dependencies.Get("payments");
        var refused = new List<DependencyRefusedException>();
        for (var call = 0; call < 300; call++)
        {
            host.Time.Advance(TimeSpan.FromMilliseconds(20));
            try
            {
                await payments.ExecuteAsync(static _ => throw new TimeoutException(), CancellationToken.None);
            }
            catch (TimeoutException)
            {
            }
            catch (DependencyRefusedException exception)
            {
                refused.Add(exception);
            }
        }

        Assert.True(refused.Count > 100, $"{refused.Count} refused");
        Assert.All(refused, static exception => Assert.Equal(("payments", "throttling"), (exception.Dependency, exception.Guard)));
        Assert.Equal(refused.Count, host.Counted("herz.outbound.refused", "guard=throttling,mode=enforce"));
    }

    [Fact]
    public async Task Call_InModeOff_IsNotGuarded()
    {
        await using var host = OutboundHost.Create(new() { ["Outbound:Mode"] = "Off" });

        Assert.Equal(7, await host.Dependencies.Get("payments").ExecuteAsync(static _ => ValueTask.FromResult(7), CancellationToken.None));
        Assert.Equal(0, host.Table.Count);
    }

    [Fact]
    public async Task Get_WithoutAName_Throws()
    {
        await using var host = OutboundHost.Create();

        Assert.Throws<ArgumentException>(() => host.Dependencies.Get(" "));
    }
}

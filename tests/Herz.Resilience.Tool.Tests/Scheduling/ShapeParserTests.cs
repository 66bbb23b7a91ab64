using Herz.Resilience.Tool.Scheduling;

namespace Herz.Resilience.Tool.Tests.Scheduling;

public sealed class ShapeParserTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("ramp 100-2000", 0, 100)]
    [InlineData("ramp:100-2000", 30, 1050)]
    [InlineData("steps 100,200,400", 19.9, 100)]
    [InlineData("steps 100,200,400", 20, 200)]
    [InlineData("steps 100,200,400", 59.9, 400)]
    [InlineData("spike 100-1000", 23.9, 100)]
    [InlineData("spike 100-1000", 24, 1000)]
    [InlineData("spike 100-1000", 36.1, 100)]
    [InlineData("spike 100-1000@0s+5s", 4, 1000)]
    [InlineData("spike 100-1000@55s+5s", 56, 1000)]
    public void Parse_Shape_HasTheRateAtTheTime(string text, double at, double rate) =>
        Assert.Equal(rate, ShapeParser.Parse(text, null, s_minute).Shape.RateAt(at), 1e-6);

    [Fact]
    public void Parse_Poisson_IsConstantAndRandom()
    {
        var (shape, poisson) = ShapeParser.Parse("poisson", 50, s_minute);

        Assert.True(poisson);
        Assert.Equal(3000, shape.Arrivals, 1e-6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("zigzag")]
    [InlineData("ramp")]
    [InlineData("ramp 100")]
    [InlineData("ramp 1-2-3")]
    [InlineData("steps a,b")]
    [InlineData("spike 1-2@50s+20s")]
    [InlineData("spike 1-2@5s")]
    [InlineData("constant 100")]
    public void Parse_InvalidText_StatesTheCorrectForm(string text) =>
        Assert.Contains("--shape", Assert.Throws<UsageException>(() => ShapeParser.Parse(text, null, s_minute)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_RateWithAShapeWithRates_IsRejected() =>
        Assert.Contains("--rate", Assert.Throws<UsageException>(() => ShapeParser.Parse("ramp 1-2", 5, s_minute)).Message, StringComparison.Ordinal);
}

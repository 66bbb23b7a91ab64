using System.Text;
using Herz.Resilience.Tool.Http1;

namespace Herz.Resilience.Tool.Tests.Http1;

public sealed class ProblemTypeTests
{
    [Theory]
    [InlineData("{\"type\":\"urn:x:quota\",\"title\":\"t\"}", "urn:x:quota")]
    [InlineData("{\"title\":\"t\",\"extra\":{\"type\":\"inner\"},\"list\":[1,{\"type\":\"no\"}],\"type\":\"outer\"}", "outer")]
    [InlineData("{\"title\":\"no type\"}", null)]
    [InlineData("{\"type\":5}", null)]
    [InlineData("{\"type\":\"cut of", null)]
    [InlineData("<html>", null)]
    [InlineData("{broken", null)]
    [InlineData("", null)]
    public void Read_Body_ReturnsItsTypeOrNull(string body, string? type) =>
        Assert.Equal(type, new ProblemType().Read(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Read_SameTypeAgain_ReturnsTheSameString()
    {
        var problems = new ProblemType();

        Assert.Same(problems.Read("{\"type\":\"urn:a\"}"u8), problems.Read("{\"type\":\"urn:a\"}"u8));
        Assert.Equal("urn:b", problems.Read("{\"type\":\"urn:b\"}"u8));
    }
}

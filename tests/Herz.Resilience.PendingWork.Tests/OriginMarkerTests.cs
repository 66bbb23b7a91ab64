namespace Herz.Resilience.PendingWork.Tests;

public class OriginMarkerTests
{
    [Theory]
    [InlineData("Nothing", null, "has no instance field or auto-property 'Nothing'")]
    [InlineData("Number", null, "must lead to a string")]
    [InlineData("Label", "Label", "must lead to an int or a long")]
    [InlineData("Number.Label", null, "must be a class")]
    public void Constructor_InvalidPath_ReportsWhy(string label, string? id, string reason)
    {
        var error = Assert.Throws<ArgumentException>(() => new OriginMarker(typeof(Token), label, id));
        Assert.Contains(reason, error.Message);
    }

    [Theory]
    [InlineData(typeof(int))]
    [InlineData(typeof(string))]
    [InlineData(typeof(List<>))]
    public void Constructor_TypeThatIsNoClass_IsRejected(Type type) =>
        Assert.Throws<ArgumentException>(() => new OriginMarker(type, "Label"));

    [Fact]
    public void Constructor_Path_FollowsReferences() =>
        Assert.Equal(2, new OriginMarker(typeof(Token), "Parent.Label", "Number").LabelPath.Length);

    private sealed class Token
    {
        public string? Label { get; init; }

        public int Number { get; init; }

        public Token? Parent { get; init; }
    }
}

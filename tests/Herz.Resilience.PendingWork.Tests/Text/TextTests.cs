using System.Text.Json;

namespace Herz.Resilience.PendingWork.Tests.Text;

public class TextTests
{
    private static readonly PendingWorkProfile s_profile = Profiles.At(0, [.. Profiles.Chain(new PendingStackTable(), 2, "Channel<int>.ReadAsync", "GET /a;b", "Outer", "In;ner")]);

    [Fact]
    public void Counts_Chain_ListsTheInnermostFirst() =>
        Assert.Contains("2 AsyncMethod awaiting Channel<int>.ReadAsync\n#\tIn;ner\n#\tOuter\n", s_profile.ToString());

    [Fact]
    public void Operations_Chain_ListsEachWithItsOrigin()
    {
        var text = s_profile.ToString(PendingWorkFormat.Operations);

        Assert.Contains("operation 1 [AsyncMethod, awaiting Channel<int>.ReadAsync]:\nIn;ner\nOuter\ncreated by GET /a;b #1\n", text);
        Assert.Contains("operation 2 ", text);
        Assert.DoesNotContain("operation 3 ", text);
    }

    [Fact]
    public void Collapsed_Chain_IsOneLineOutermostFirstWithoutExtraSeparators() =>
        Assert.Equal("Outer;In,ner;[Channel<int>.ReadAsync] 2\n", s_profile.ToString(PendingWorkFormat.Collapsed));

    [Fact]
    public void Json_Chain_CanBeParsed()
    {
        using var json = JsonDocument.Parse(s_profile.ToString(PendingWorkFormat.Json));
        var root = json.RootElement;

        Assert.Equal(4, root.GetProperty("total").GetInt32());
        var stack = Assert.Single(root.GetProperty("stacks").EnumerateArray());
        Assert.Equal(["In;ner", "Outer"], stack.GetProperty("stack").EnumerateArray().Select(static m => m.GetString()!));
        Assert.All(root.GetProperty("origins").EnumerateArray(), static o => Assert.Equal("GET /a;b", o.GetProperty("origin").GetString()));
    }
}

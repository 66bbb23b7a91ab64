using NJsonSchema;

namespace Herz.Resilience.Tests.Reference;

public sealed class ReferenceTests
{
    private const string Schema = "src/Herz.Resilience/ConfigurationSchema.json";

    [Fact]
    public void Schema_MatchesTheOptions() =>
        AssertFile(Schema, _ => SchemaWriter.Write(OptionTree.Read()));

    [Fact]
    public void Table_MatchesTheOptions() => AssertFile("README.md", readme =>
    {
        var begin = readme.IndexOf(TableWriter.Begin, StringComparison.Ordinal) + TableWriter.Begin.Length;
        var end = readme.IndexOf(TableWriter.End, StringComparison.Ordinal);
        Assert.True(begin >= TableWriter.Begin.Length && end > begin, "README.md must contain the begin and end marks of the configuration table.");
        return $"{readme[..begin]}\n{TableWriter.Write(OptionTree.Read())}{readme[end..]}";
    });

    [Fact]
    public void EveryKey_IsDocumentedWithItsDefault() =>
        Assert.All(OptionTree.Read().Leaves, leaf =>
        {
            Assert.True(leaf.Summary.Length > 10, $"{leaf.Key} needs a <summary> of more than 10 characters");
            Assert.True(leaf.Value.Length > 0 || leaf.Summary.Contains("Required", StringComparison.Ordinal), $"{leaf.Key} must document its default in <value>, or contain \"Required\"");
        });

    [Fact]
    public async Task Schema_AcceptsTheSample()
    {
        var schema = await JsonSchema.FromFileAsync(RepositoryFiles.PathOf(Schema));

        Assert.Empty(schema.Validate(await File.ReadAllTextAsync(RepositoryFiles.PathOf("samples/Herz.Resilience.Sample/appsettings.json"))));
    }

    [Theory]
    [InlineData("""{ "Herz": { "Mod": "Enforce" } }""")]
    [InlineData("""{ "Herz": { "Mode": "Enforced" } }""")]
    [InlineData("""{ "Herz": { "Deadlines": { "Tiers": { "Api": "15" } } } }""")]
    [InlineData("""{ "Herz": { "Deadlines": { "Routes": { "Pattern": "/" } } } }""")]
    [InlineData("""{ "Herz": { "RateLimiting": { "Policies": { "login": { "Bursts": 5 } } } } }""")]
    [InlineData("""{ "Herz": { "CircuitBreaking": { "FailureRatio": "high" } } }""")]
    [InlineData("""{ "Herz": { "Management": { "Port": 80.5 } } }""")]
    public async Task Schema_RejectsMistakes(string json)
    {
        var schema = await JsonSchema.FromFileAsync(RepositoryFiles.PathOf(Schema));

        Assert.NotEmpty(schema.Validate(json));
    }

    private static void AssertFile(string name, Func<string, string> make)
    {
        var path = RepositoryFiles.PathOf(name);
        var found = File.Exists(path) ? File.ReadAllText(path) : "";
        var expected = make(found);
        if (RepositoryFiles.Regenerate)
        {
            File.WriteAllText(path, expected);
            return;
        }

        Assert.True(found == expected, $"{name} is stale. Run: HERZ_REGENERATE=1 dotnet test tests/Herz.Resilience.Tests --filter ReferenceTests");
    }
}

using Herz.Resilience.Configuration;
using Herz.Resilience.Deadlines;
using Herz.Resilience.Tests.Hosting;

namespace Herz.Resilience.Tests.Configuration;

/// <summary>Reloads of a real file that the framework monitors.</summary>
public sealed class ConfigurationFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("herz-");
    private readonly SectionSource _other = new("{}");

    [Theory]
    [InlineData("""{ "Herz": { "Deadlines": { "Tiers": { "Api": "15" } } } }""", "Herz:Deadlines:Tiers:Api is \"15\"")]
    [InlineData("""{ "Herz": { "Deadlines": { "Tiers": { "Api": "00:00""", "appsettings.json")]
    [InlineData("", "appsettings.json")]
    public async Task File_ThatIsInvalidOnReload_KeepsTheLastValidPlanUntilTheNextValidOne(string invalid, string expected)
    {
        Write(Section("00:00:00.700"));
        await using var app = await StartAsync();
        Assert.Equal(700, Api(app));

        Write(invalid);
        var rejected = await app.Logs.WaitAsync(static entry => entry.EventId == 1101);

        Assert.Contains(expected, rejected.Message, StringComparison.Ordinal);
        Assert.Equal(700, Api(app));

        Write(Section("00:00:00.900"));
        await app.Logs.WaitAsync(static entry => entry.EventId == 1102);

        Assert.Equal(900, Api(app));
        Assert.Single(app.Logs.Entries, static entry => entry.EventId == 1101);
    }

    [Fact]
    public async Task File_ThatIsBroken_IsNotReadAsEmptyWhenAnotherSourceChanges()
    {
        Write(Section("00:00:00.700"));
        await using var app = await StartAsync();
        Write("{ broken");
        await app.Logs.WaitAsync(static entry => entry.EventId == 1101);

        _other.Change("""{ "Mode": "Observe" }""");

        Assert.Equal(700, Api(app));
        Assert.Single(app.Logs.Entries, static entry => entry.EventId == 1101);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Section(string api) => $$"""{ "Herz": { "Deadlines": { "Tiers": { "Api": "{{api}}" } } } }""";

    private static double Api(TestApp app) => app.Services.GetRequiredService<Settings<DeadlinesOptions>>().Value.Tiers.TryGetValue("Api", out var api) ? api.TotalMilliseconds : 0;

    // Replaced atomically, as editors and ConfigMaps do, so that no partly written file is read.
    private void Write(string text)
    {
        var fresh = Path.Combine(_folder.FullName, "fresh");
        File.WriteAllText(fresh, text);
        File.Move(fresh, Path.Combine(_folder.FullName, "appsettings.json"), overwrite: true);
    }

    private Task<TestApp> StartAsync() => TestApp.StartAsync(static _ => { }, build: builder =>
    {
        builder.Configuration.Sources.Add(_other);
        builder.Configuration.AddJsonFile(Path.Combine(_folder.FullName, "appsettings.json"), optional: false, reloadOnChange: true);
    });
}

using System.Text.RegularExpressions;
using Herz.Resilience.Tests.Reference;

namespace Herz.Resilience.Tests.Architecture;

/// <summary>The rules for folders, checked in the sources: dependencies, event ids, READMEs, clocks.</summary>
public sealed partial class FolderRuleTests
{
    // Folders that every feature may use.
    private static readonly string[] s_neutral = ["Pipeline", "Origins", "Configuration", "Management", "Hosting"];

    private static readonly string[] s_folders =
        [.. Directory.GetDirectories(Core).Select(path => Path.GetFileName(path)).Where(IsCodeFolder)];

    public static TheoryData<string> Folders => [.. s_folders];

    private static string Core => RepositoryFiles.PathOf("src/Herz.Resilience");

    [Theory]
    [MemberData(nameof(Folders))]
    public void Folder_UsesOnlyAllowedFolders(string folder)
    {
        string[] allowed = folder switch
        {
            "Pipeline" => ["Origins", "Configuration"],
            "Origins" => [],
            "Management" => ["Pipeline", "Configuration", "Hosting"],
            "Configuration" => [],
            "Hosting" => [..s_folders],
            "LeakWatchdog" => [.. s_neutral, "PendingWork"],
            _ => s_neutral,
        };

        Assert.All(Sources(folder), source => Assert.All(
            Usings().Matches(File.ReadAllText(source)).Select(match => match.Groups[1].Value),
            used => Assert.True(used == folder || allowed.Contains(used), $"{Path.GetFileName(source)} in {folder} uses {used}.")));
    }

    [Theory]
    [InlineData("Polly", "CircuitBreaking")]
    [InlineData("Prometheus", "Metrics")]
    [InlineData("Herz.Resilience.PendingWork", "LeakWatchdog")]
    [InlineData("Microsoft.Diagnostics.NETCore", "LeakWatchdog")]
    public void Library_IsUsedByOneFolder(string library, string home) =>
        Assert.Equal([home], s_folders.Where(folder => Sources(folder).Any(source => Regex.IsMatch(
            File.ReadAllText(source), $@"\b(using |global::|\b){library}[.;]"))));

    [Fact]
    public void EventIds_AreUniqueAndInTheRangeOfTheirFolder()
    {
        string[] order = ["Pipeline", "RateLimiting", "LoadShedding", "Deadlines", "CircuitBreaking", "Outbound", "Health", "BackgroundWork", "LeakWatchdog", "Metrics", "Configuration", "Management"];
        var ids = (from folder in s_folders
                   from source in Sources(folder)
                   from Match match in EventIds().Matches(File.ReadAllText(source))
                   select (Folder: folder, Id: int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))).ToList();

        Assert.NotEmpty(ids);
        Assert.Equal(ids.Count, ids.Select(entry => entry.Id).Distinct().Count());
        Assert.All(ids, entry => Assert.Equal(Array.IndexOf(order, entry.Folder) + 1, entry.Id / 100));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Folder_HasAReadmeOf3To90Lines(string folder)
    {
        var readme = Path.Combine(Core, folder, "README.md");

        Assert.True(File.Exists(readme), $"{folder} has no README.md.");
        Assert.InRange(File.ReadAllLines(readme).Length, 3, 90);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Readme_HasTheSameSectionsInTheSameOrder(string folder) => AssertSections($"src/Herz.Resilience/{folder}/README.md");

    [Theory]
    [InlineData("PendingWork")]
    [InlineData("Tool")]
    public void ReadmeOfAProject_HasTheSameSectionsInTheSameOrder(string project) => AssertSections($"src/Herz.Resilience.{project}/README.md");

    private static void AssertSections(string readme)
    {
        string[] required = ["What it decides", "How it works", "Guarantees"];
        string[] sections = [.. required, "Limits", "Sources", "Numbers"];
        var found = File.ReadLines(RepositoryFiles.PathOf(readme)).Where(static line => line.StartsWith("## ", StringComparison.Ordinal)).Select(static line => line[3..]).ToList();

        Assert.Empty(required.Except(found));
        Assert.Equal(sections.Where(found.Contains), found);
    }

    private static bool IsCodeFolder(string folder) => folder is not "bin" and not "obj" and not "buildTransitive" and not "Properties";

    private static string[] Sources(string folder) => Directory.GetFiles(Path.Combine(Core, folder), "*.cs", SearchOption.AllDirectories);

    [GeneratedRegex(@"^using Herz\.Resilience\.(\w+)[\w.]*;", RegexOptions.Multiline)]
    private static partial Regex Usings();

    [GeneratedRegex(@"LoggerMessage\((?:EventId = )?(\d+)")]
    private static partial Regex EventIds();
}

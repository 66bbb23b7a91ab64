using Herz.Resilience.Hosting;

namespace Herz.Resilience.Tests.Architecture;

/// <summary>The dependencies of compiled types, including those without a <c>using</c>: the one call → features → Pipeline → framework.</summary>
public sealed class TypeDependencyTests
{
    private const string Root = "Herz.Resilience.";

    // Folders that every feature may use.
    private static readonly string[] s_neutral = ["Pipeline", "Origins", "Configuration", "Hosting", "Management"];

    private static readonly Type[] s_types = typeof(HerzOptions).Assembly.GetTypes();

    private static readonly string[] s_folders = [.. s_types
        .Select(static type => type.Namespace)
        .Where(static name => name?.StartsWith(Root, StringComparison.Ordinal) == true)
        .Select(static name => name![Root.Length..].Split('.')[0])
        .Distinct()];

    public static TheoryData<string> Features => [.. s_folders.Except(s_neutral)];

    [Theory]
    [MemberData(nameof(Features))]
    public void Feature_UsesNoOther(string feature) =>
        Assert.DoesNotContain(Uses(feature), use => use.Folder != feature && !s_neutral.Contains(use.Folder));

    [Fact]
    public void Pipeline_UsesNoFeature() =>
        Assert.DoesNotContain(Uses("Pipeline"), static use => use.Folder is not ("Pipeline" or "Origins" or "Configuration"));

    [Fact]
    public void Management_UsesNoFeature() =>
        Assert.DoesNotContain(Uses("Management"), static use => !s_neutral.Contains(use.Folder));

    [Fact]
    public void Configuration_UsesNoFeature() =>
        Assert.DoesNotContain(Uses("Configuration"), static use => use.Folder != "Configuration");

    [Fact]
    public void Hosting_UsesFeaturesOnlyInTheOneCall() =>
        Assert.DoesNotContain(Uses("Hosting"), static use => !s_neutral.Contains(use.Folder) && use.By is not (nameof(HerzServiceCollectionExtensions) or nameof(HerzOptionsValidator)));

    [Fact]
    public void Dependencies_AreFound()
    {
        // Without this, the tests above would pass if no dependency were found.
        Assert.Contains(("Pipeline", "DeadlinesGuard"), Uses("Deadlines"));
        Assert.Contains(Uses("Hosting"), static use => use is { Folder: "Deadlines", By: nameof(HerzServiceCollectionExtensions) });
        Assert.True(s_folders.Length >= 12);
    }

    private static HashSet<(string Folder, string By)> Uses(string folder) => [.. s_types
        .Where(type => FolderOf(type) == folder)
        .SelectMany(static type => TypeUse.Of(type)
            .Where(static used => used.Assembly == typeof(HerzOptions).Assembly)
            .Select(used => (Folder: FolderOf(used), By: Outermost(type).Name)))
        .Where(static use => use.Folder.Length > 0)];

    // Classes of extension methods are in the namespace of the extended type, and are named after their folder.
    private static string FolderOf(Type type)
    {
        var outermost = Outermost(type);
        return outermost.Namespace is { } name && name.StartsWith(Root, StringComparison.Ordinal)
            ? name[Root.Length..].Split('.')[0]
            : outermost == typeof(HerzHostingExtensions) || outermost == typeof(HerzServiceCollectionExtensions) || outermost == typeof(HerzApplicationBuilderExtensions) ? "Hosting"
            : s_folders.FirstOrDefault(folder => outermost.Name.StartsWith("Herz" + folder, StringComparison.Ordinal)) ?? "";
    }

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}

using Herz.Resilience.Hosting;

namespace Herz.Resilience.Tests.Architecture;

/// <summary>Who knows whom once compiled, also where no <c>using</c> says so: the one call → features → Pipeline → framework.</summary>
public sealed class KnowledgeTests
{
    private const string Root = "Herz.Resilience.";

    // What every feature may know, and what may know every feature.
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
    public void Feature_OfTheBundle_KnowsNoOther(string feature) =>
        Assert.DoesNotContain(Uses(feature), use => use.Folder != feature && !s_neutral.Contains(use.Folder));

    [Fact]
    public void Pipeline_KnowsNoFeature() =>
        Assert.DoesNotContain(Uses("Pipeline"), static use => use.Folder is not ("Pipeline" or "Origins" or "Configuration"));

    [Fact]
    public void Management_KnowsNoFeature() =>
        Assert.DoesNotContain(Uses("Management"), static use => !s_neutral.Contains(use.Folder));

    [Fact]
    public void Configuration_KnowsNoFeature() =>
        Assert.DoesNotContain(Uses("Configuration"), static use => use.Folder != "Configuration");

    [Fact]
    public void Hosting_KnowsFeaturesInTheOneCallAlone() =>
        Assert.DoesNotContain(Uses("Hosting"), static use => !s_neutral.Contains(use.Folder) && use.By is not (nameof(HerzServiceCollectionExtensions) or nameof(HerzOptionsValidator)));

    [Fact]
    public void Shape_OfTheAssembly_IsRead()
    {
        // Guards the tests above against passing because nothing is seen.
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

    // Extension methods live in the namespaces of what they extend, and are named after their folder.
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

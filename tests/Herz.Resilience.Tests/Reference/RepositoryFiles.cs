using System.Runtime.CompilerServices;

namespace Herz.Resilience.Tests.Reference;

/// <summary>Finds the files of the repository, starting from this source file.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = Find();

    /// <summary>Whether generated files are written instead of compared.</summary>
    public static bool Regenerate => Environment.GetEnvironmentVariable("HERZ_REGENERATE") == "1";

    /// <summary>The build configuration of the tests; programs that they start use the same.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    public static string PathOf(string name) => Path.Combine(Root, name);

    private static string Find([CallerFilePath] string source = "")
    {
        var directory = new DirectoryInfo(File.Exists(source) ? Path.GetDirectoryName(source)! : AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Herz.Resilience.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("No folder above the tests contains Herz.Resilience.sln.");
        }

        return directory.FullName;
    }
}

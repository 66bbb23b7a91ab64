using System.Runtime.CompilerServices;

namespace Herz.Resilience.Tests.Reference;

/// <summary>Finds the files of the repository from the place of this source file.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = Find();

    /// <summary>Whether files that are generated are to be written anew instead of compared.</summary>
    public static bool Regenerate => Environment.GetEnvironmentVariable("HERZ_REGENERATE") == "1";

    /// <summary>The configuration that the tests were built in; whatever they start is of the same.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    public static string PathOf(string name) => Path.Combine(Root, name);

    private static string Find([CallerFilePath] string source = "")
    {
        var directory = new DirectoryInfo(File.Exists(source) ? Path.GetDirectoryName(source)! : AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Herz.Resilience.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("Herz.Resilience.sln is in no folder above the tests.");
        }

        return directory.FullName;
    }
}

namespace Herz.Resilience.Tests.Servers;

/// <summary>Finds a program that a test needs and a Debian package contains.</summary>
internal static class ServerProgram
{
    /// <summary>Returns the full path of the program. If it is missing, the test is skipped, or fails if HERZ_REQUIRE_SERVERS is 1.</summary>
    public static string Find(string program, string package)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (Array.Find(folders, folder => File.Exists(Path.Combine(folder, program))) is { } found)
        {
            return Path.Combine(found, program);
        }

        var missing = $"{program} is not installed; run: apt-get install {package}";
        Assert.False(Environment.GetEnvironmentVariable("HERZ_REQUIRE_SERVERS") == "1", missing);
        Assert.Skip(missing);
        return missing;
    }
}

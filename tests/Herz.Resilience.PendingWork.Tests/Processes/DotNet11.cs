using System.Reflection;
using System.Runtime.InteropServices;

namespace Herz.Resilience.PendingWork.Tests.Processes;

/// <summary>
/// The runtime of .NET 11 from its NuGet packages, in the folder layout of an installation. The programs are compiled for
/// .NET 10 and roll forward. The framework itself is compiled with runtime-async.
/// </summary>
internal static class DotNet11
{
    private const string Version = "11.0.0";

    private static readonly Lazy<string?> s_command = new(Install);

    /// <summary>The path of the <c>dotnet</c> command. Skips the test if the package is missing.</summary>
    public static string Command
    {
        get
        {
            Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "The package holds the runtime for Linux x64.");
            Assert.SkipUnless(s_command.Value is not null, $"Microsoft.NETCore.App.Runtime.linux-x64 {Version} is not in the NuGet packages.");
            return s_command.Value!;
        }
    }

    public static (string Name, string Value) RollForward => ("DOTNET_ROLL_FORWARD", "Major");

    /// <summary>The command of the installation that runs the tests.</summary>
    public static string Installed => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));

    private static string? Install()
    {
        var root = Path.Combine(AppContext.BaseDirectory, "dotnet11");
        if (Package("microsoft.netcore.app.runtime.linux-x64") is not { } runtime)
        {
            return null;
        }

        // Links are not possible: the runtime searches beside its real files.
        Copy(Path.Combine(runtime, "native", "libhostfxr.so"), Path.Combine(root, "host", "fxr", Version));
        CopyAll(runtime, Path.Combine(root, "shared", "Microsoft.NETCore.App", Version));
        if (Package("microsoft.aspnetcore.app.runtime.linux-x64") is { } web)
        {
            CopyAll(web, Path.Combine(root, "shared", "Microsoft.AspNetCore.App", Version));
        }

        return Copy(Installed, root);
    }

    private static string? Package(string name)
    {
        var packages = typeof(DotNet11).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static a => a.Key == "NuGetPackageRoot").Value!;
        var package = Path.Combine(packages, name, Version, "runtimes", "linux-x64");
        return Directory.Exists(package) ? package : null;
    }

    private static void CopyAll(string package, string folder)
    {
        foreach (var from in new[] { Path.Combine(package, "native"), Path.Combine(package, "lib", "net11.0") }.Where(Directory.Exists))
        {
            Array.ForEach(Directory.GetFiles(from), file => Copy(file, folder));
        }
    }

    private static string Copy(string file, string folder)
    {
        var copy = Path.Combine(Directory.CreateDirectory(folder).FullName, Path.GetFileName(file));
        if (!File.Exists(copy) || new FileInfo(copy).Length != new FileInfo(file).Length)
        {
            File.Delete(copy);
            File.Copy(file, copy);
        }

        return copy;
    }
}

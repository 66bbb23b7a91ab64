using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Herz.Resilience.Tests.Reference;

namespace Herz.Resilience.Tests.Templates;

/// <summary>The project templates with only the package and the one line added; created and built once.</summary>
public sealed class TemplateApps : IAsyncLifetime
{
    private static readonly string[] s_templates = ["web", "webapi", "mvc", "webapp", "grpc", "worker"];

    // The package and its dependency from this repository.
    private static readonly string[] s_packages = ["Herz.Resilience", "Herz.Resilience.PendingWork"];

    // A unique version, since NuGet caches packages by version.
    private readonly string _version = $"0.0.0-test-{Process.GetCurrentProcess().StartTime.Ticks.ToString(CultureInfo.InvariantCulture)}";

    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("herz-templates-");

    public string Feed => Path.Combine(Folder.FullName, "feed");

    public string PathOf(string template) => Path.Combine(Folder.FullName, NameOf(template));

    public static string NameOf(string template) => $"App{template}";

    public async ValueTask InitializeAsync()
    {
        foreach (var package in s_packages)
        {
            await RunAsync("pack", RepositoryFiles.PathOf($"src/{package}"), "-c", RepositoryFiles.Configuration, "--no-build", "-o", Feed, $"-p:Version={_version}");
        }

        await File.WriteAllTextAsync(Path.Combine(Folder.FullName, "nuget.config"), $"""
            <configuration><packageSources><add key="herz" value="{Feed}" /></packageSources></configuration>
            """);
        await RunAsync("new", "sln", "-n", "Apps", "--format", "sln");
        foreach (var template in s_templates)
        {
            await RunAsync("new", template, "-o", NameOf(template), "-n", NameOf(template), "--no-restore");
            await AddTheLineAsync(template);
        }

        await RunAsync(["sln", "add", .. s_templates.Select(NameOf)]);
        await RunAsync("build", "-m:1", "-nodeReuse:false", "-v", "quiet");
    }

    /// <summary>Publishes an app into a folder below its own.</summary>
    /// <returns>Whether publishing succeeded, and its output.</returns>
    public async Task<(bool Published, string Output)> PublishAsync(string template, string folder, params string[] properties)
    {
        var (exitCode, output) = await TryRunAsync(["publish", NameOf(template), "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "-o", Path.Combine(PathOf(template), folder), "-v", "quiet", .. properties]);
        return (exitCode == 0, output);
    }

    public ValueTask DisposeAsync()
    {
        Folder.Delete(recursive: true);
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (var package in s_packages)
        {
            var installed = new DirectoryInfo(Path.Combine(packages, package.ToLowerInvariant(), _version));
            if (installed.Exists)
            {
                installed.Delete(recursive: true);
            }
        }

        return default;
    }

    private async Task AddTheLineAsync(string template)
    {
        var project = Path.Combine(PathOf(template), NameOf(template) + ".csproj");
        var xml = await File.ReadAllTextAsync(project);
        await File.WriteAllTextAsync(project, xml.Replace(
            "</Project>", $"  <ItemGroup><PackageReference Include=\"Herz.Resilience\" Version=\"{_version}\" /></ItemGroup>\n</Project>", StringComparison.Ordinal));
        var program = Path.Combine(PathOf(template), "Program.cs");
        var code = await File.ReadAllLinesAsync(program);
        var builder = Array.FindIndex(code, line => line.StartsWith("var builder", StringComparison.Ordinal));
        await File.WriteAllLinesAsync(program, [.. code[..(builder + 1)], "builder.UseHerzResilience();", .. code[(builder + 1)..]]);
    }

    private async Task RunAsync(params string[] arguments)
    {
        var (exitCode, output) = await TryRunAsync(arguments);
        Assert.True(exitCode == 0, output);
    }

    private async Task<(int ExitCode, string Output)> TryRunAsync(string[] arguments)
    {
        using var dotnet = Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = Folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = dotnet.StandardError.ReadToEndAsync();
        var output = await dotnet.StandardOutput.ReadToEndAsync();
        await dotnet.WaitForExitAsync();
        return (dotnet.ExitCode, $"dotnet {string.Join(' ', arguments)}\n{output}\n{await errors}");
    }
}

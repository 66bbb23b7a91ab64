namespace Herz.Resilience.Tool.Reporting;

/// <summary>An output file named by an option.</summary>
internal static class OutputFile
{
    /// <summary>Checks before a run that its result can be written.</summary>
    /// <exception cref="UsageException">The file cannot be written.</exception>
    public static void Check(string? path, string option)
    {
        if (path is not null)
        {
            Guard(path, option, () =>
            {
                File.Create(TemporaryPath(path)).Dispose();
                File.Delete(TemporaryPath(path));
                if (Directory.Exists(path))
                {
                    throw new IOException("it is a directory");
                }
            });
        }
    }

    /// <summary>Writes a file atomically.</summary>
    /// <exception cref="UsageException">The file cannot be written.</exception>
    public static void Write(string path, string option, byte[] content) => Guard(path, option, () =>
    {
        File.WriteAllBytes(TemporaryPath(path), content);
        File.Move(TemporaryPath(path), path, overwrite: true);
    });

    private static string TemporaryPath(string path) => path + ".part";

    private static void Guard(string path, string option, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"{option} cannot write {path}: {e.Message}", e);
        }
    }
}

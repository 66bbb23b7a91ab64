namespace Herz.Resilience.Tool.Reporting;

/// <summary>A file that an option asks for.</summary>
internal static class OutputFile
{
    /// <summary>Tries, before a run of perhaps many minutes, whether its result could be written.</summary>
    /// <exception cref="UsageException">It could not.</exception>
    public static void Check(string? path, string option)
    {
        if (path is not null)
        {
            Guard(path, option, () =>
            {
                File.Create(Aside(path)).Dispose();
                File.Delete(Aside(path));
                if (Directory.Exists(path))
                {
                    throw new IOException("it is a directory");
                }
            });
        }
    }

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static void Write(string path, string option, byte[] content) => Guard(path, option, () =>
    {
        File.WriteAllBytes(Aside(path), content);
        File.Move(Aside(path), path, overwrite: true);
    });

    private static string Aside(string path) => path + ".part";

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

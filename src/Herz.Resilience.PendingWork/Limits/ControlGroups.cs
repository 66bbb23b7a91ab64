using System.Globalization;

namespace Herz.Resilience.PendingWork.Limits;

/// <summary>A folder of a control group, and the version of its files.</summary>
internal readonly record struct ControlGroup(string Folder, bool IsUnified)
{
    /// <summary>The first line of a file of the group; null if it does not exist or cannot be read.</summary>
    public string? Read(string file)
    {
        try
        {
            var path = Path.Combine(Folder, file);
            return File.Exists(path) ? File.ReadLines(path).FirstOrDefault() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A number in a file; null if there is none, or it is <c>max</c>.</summary>
    public long? ReadNumber(string file) =>
        long.TryParse(Read(file), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The number after <paramref name="key"/> in a file of lines "key number"; 0 if there is none.</summary>
    public long ReadNumber(string file, string key)
    {
        try
        {
            var path = Path.Combine(Folder, file);
            var line = File.Exists(path) ? File.ReadLines(path).FirstOrDefault(line => line.StartsWith(key + " ", StringComparison.Ordinal)) : null;
            return long.TryParse(line.AsSpan(line is null ? 0 : key.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}

/// <summary>
/// The control groups of this process (cgroups(7), versions 1 and 2): its own and all parents that are visible here. A limit of any of
/// them applies to the process.
/// </summary>
internal static class ControlGroups
{
    private const string Unified = "";

    /// <summary>The groups of a controller, the innermost first; empty if there are none.</summary>
    /// <param name="controller">The controller: <c>memory</c> or <c>cpu</c>.</param>
    /// <param name="root">The folder of the file system; tests give another one.</param>
    public static IReadOnlyList<ControlGroup> Of(string controller, string root)
    {
        try
        {
            var memberships = File.ReadAllLines(Path.Combine(root, "proc/self/cgroup"));
            var mounts = File.ReadAllLines(Path.Combine(root, "proc/self/mountinfo"));
            var groups = Hierarchy(memberships, mounts, controller, root);
            return groups.Count > 0 ? groups : Hierarchy(memberships, mounts, Unified, root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static List<ControlGroup> Hierarchy(string[] memberships, string[] mounts, string controller, string root)
    {
        var groups = new List<ControlGroup>();
        if (PathOf(memberships, controller) is { } path && MountOf(mounts, controller) is var (mountRoot, mountPoint))
        {
            // In a container the mount often shows the group itself as its root, and the path may lie outside of it.
            var within = mountRoot == "/" ? path : path.StartsWith(mountRoot, StringComparison.Ordinal) ? path[mountRoot.Length..] : "";
            var top = Path.Combine(root, mountPoint.TrimStart('/'));
            var folder = within.Contains("..", StringComparison.Ordinal) ? top : Path.Combine(top, within.TrimStart('/')).TrimEnd('/');
            for (; folder.Length >= top.Length; folder = Path.GetDirectoryName(folder) ?? "")
            {
                groups.Add(new ControlGroup(folder, controller == Unified));
            }
        }

        return groups;
    }

    // "4:memory:/path", "3:cpu,cpuacct:/path" or "0::/path".
    private static string? PathOf(string[] memberships, string controller)
    {
        foreach (var line in memberships)
        {
            if (line.Split(':', 3) is [_, var controllers, var path] && controllers.Split(',').Contains(controller))
            {
                return path;
            }
        }

        return null;
    }

    // "36 35 98:0 /root /mount-point options optional… - type source super-options" (proc_pid_mountinfo(5)).
    private static (string Root, string Point)? MountOf(string[] mounts, string controller)
    {
        foreach (var line in mounts)
        {
            if (line.Split(" - ", 2) is [var place, var kind] && place.Split(' ') is [_, _, _, var root, var point, ..] && kind.Split(' ') is [var type, _, var options, ..]
                && (controller == Unified ? type == "cgroup2" : type == "cgroup" && options.Split(',').Contains(controller)))
            {
                return (root, point);
            }
        }

        return null;
    }
}

using System.Globalization;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.LoadShedding.Threads;

/// <summary>
/// How many CPUs the process's control group lets it use: cgroup v2 (<c>cpu.max</c>) and v1 (<c>cpu.cfs_quota_us</c>), at
/// any depth; the tightest counts. What it does not understand it takes for no limit (dotnet/extensions#4876).
/// </summary>
internal static class CgroupCpu
{
    private const string Membership = "/proc/self/cgroup";
    private const string Mounts = "/proc/self/mountinfo";
    private const int Deepest = 64;

    /// <summary>The CPUs that this process may use, never more than the machine has.</summary>
    public static double Available() => Math.Min(Environment.ProcessorCount, Limit(ReadFile) ?? double.MaxValue);

    /// <param name="read">Reads a file, or returns null if it cannot be read.</param>
    /// <returns>The limit in CPUs, or null for none.</returns>
    public static double? Limit(Func<string, string?> read)
    {
        double? tightest = null;
        foreach (var mount in Lines(read(Mounts)))
        {
            if (!TryParseMount(mount, out var root, out var point, out var isVersion2)
                || FindPath(read(Membership), isVersion2) is not { } path)
            {
                continue;
            }

            var folder = Join(point, Below(root, path));
            for (var depth = 0; depth < Deepest; depth++)
            {
                var limit = isVersion2 ? ParseMax(read(Join(folder, "cpu.max"))) : ParseQuota(read(Join(folder, "cpu.cfs_quota_us")), read(Join(folder, "cpu.cfs_period_us")));
                tightest = limit is null || tightest < limit ? tightest : limit;
                if (folder.Length <= point.Length || folder.LastIndexOf('/') is var slash && slash <= 0)
                {
                    break;
                }

                folder = folder[..folder.LastIndexOf('/')];
            }
        }

        return tightest;
    }

    // 36 35 98:0 /root /mount/point rw,noatime master:1 - type source options
    private static bool TryParseMount(string line, out string root, out string point, out bool isVersion2)
    {
        root = point = "";
        isVersion2 = false;
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var dash = Array.IndexOf(fields, "-");
        if (dash < 5 || fields.Length < dash + 4)
        {
            return false;
        }

        root = fields[3];
        point = fields[4];
        isVersion2 = fields[dash + 1] == "cgroup2";
        return point.StartsWith('/') && (isVersion2 || (fields[dash + 1] == "cgroup" && fields[^1].Split(',').Contains("cpu")));
    }

    // "0::/path" in v2, "4:cpu,cpuacct:/path" in v1
    private static string? FindPath(string? membership, bool isVersion2)
    {
        foreach (var line in Lines(membership))
        {
            var fields = line.Split(':', 3);
            if (fields.Length == 3 && (isVersion2 ? fields[0] == "0" && fields[1].Length == 0 : fields[1].Split(',').Contains("cpu")))
            {
                return fields[2];
            }
        }

        return null;
    }

    // In a container the mount shows only a part of the tree, and the path may be relative to the outside.
    private static string Below(string root, string path)
    {
        if (path.Contains("..", StringComparison.Ordinal))
        {
            return "";
        }

        var trimmed = root.TrimEnd('/');
        return trimmed.Length == 0 ? path : path == trimmed || path.StartsWith(trimmed + "/", StringComparison.Ordinal) ? path[trimmed.Length..] : "";
    }

    private static double? ParseMax(string? text)
    {
        var fields = (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length is 1 or 2 ? Ratio(fields[0], fields.Length == 2 ? fields[1] : "100000") : null;
    }

    private static double? ParseQuota(string? quota, string? period) => Ratio(quota?.Trim(), period?.Trim());

    private static double? Ratio(string? quota, string? period) =>
        long.TryParse(quota, NumberStyles.None, CultureInfo.InvariantCulture, out var allowed) && allowed > 0
        && long.TryParse(period, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length > 0
            ? (double)allowed / length
            : null;

    private static string Join(string folder, string below) => $"{folder.TrimEnd('/')}/{below.Trim('/')}".TrimEnd('/');

    private static string[] Lines(string? text) => (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string? ReadFile(string path)
    {
        // The app must start although a file is missing or not readable.
        string? text = null;
        Contained.Run(() => text = File.ReadAllText(path));
        return text;
    }
}

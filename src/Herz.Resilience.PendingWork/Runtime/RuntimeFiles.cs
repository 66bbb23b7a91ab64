using System.Globalization;

namespace Herz.Resilience.PendingWork.Runtime;

/// <summary>The paths of the running runtime and its data access library.</summary>
internal sealed record RuntimeFiles(string Runtime, ulong BaseAddress, string DataAccess)
{
    private const string RuntimeName = "/libcoreclr.so";

    /// <exception cref="UnsupportedRuntimeException">The runtime is not a separate file, or its data access library is not in the same folder.</exception>
    public static RuntimeFiles Find(string mapsFile = "/proc/self/maps")
    {
        foreach (var line in File.ReadLines(mapsFile))
        {
            var path = line.IndexOf('/', StringComparison.Ordinal);
            if (path < 0 || !line.EndsWith(RuntimeName, StringComparison.Ordinal))
            {
                continue;
            }

            var start = ulong.Parse(line.AsSpan(0, line.IndexOf('-', StringComparison.Ordinal)), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var runtime = line[path..];
            var dataAccess = string.Concat(runtime.AsSpan(0, runtime.Length - RuntimeName.Length), "/libmscordaccore.so");
            return File.Exists(dataAccess)
                ? new RuntimeFiles(runtime, start, dataAccess)
                : throw new UnsupportedRuntimeException($"the runtime's data access library is missing: {dataAccess}");
        }

        throw new UnsupportedRuntimeException("libcoreclr.so is not mapped: a single-file or native AOT app has no data access library");
    }
}

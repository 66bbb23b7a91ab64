using System.Globalization;

namespace Herz.Resilience.PendingWork.Runtime;

/// <summary>Where the running runtime and its data access library are.</summary>
internal sealed record RuntimeFiles(string Runtime, ulong BaseAddress, string DataAccess)
{
    private const string RuntimeName = "/libcoreclr.so";

    /// <exception cref="UnknownRuntimeException">The runtime is no file of its own, or its data access library is not beside it.</exception>
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
                : throw new UnknownRuntimeException($"the runtime's data access library is missing: {dataAccess}");
        }

        throw new UnknownRuntimeException("libcoreclr.so is not mapped: a single-file or native AOT app carries no data access library");
    }
}

using System.Globalization;

namespace Herz.Resilience.PendingWork.Threads;

/// <summary>Finds whether an address is code, and the end of its mapping.</summary>
internal sealed class CodeRanges
{
    private readonly List<(ulong Start, ulong End, bool IsCode)> _ranges = [];

    /// <param name="maps">The lines of <c>/proc/self/maps</c>, in their original order.</param>
    public CodeRanges(IEnumerable<string> maps)
    {
        foreach (var line in maps)
        {
            var dash = line.IndexOf('-', StringComparison.Ordinal);
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (dash > 0 && space > dash && space + 3 < line.Length)
            {
                _ranges.Add((Hex(line.AsSpan(0, dash)), Hex(line.AsSpan(dash + 1, space - dash - 1)), line[space + 3] == 'x'));
            }
        }
    }

    public bool IsCode(ulong address) => Find(address) is { IsCode: true };

    /// <summary>The end of the mapping that contains an address; the address itself if it is not mapped.</summary>
    public ulong EndOf(ulong address) => Find(address) is { } range ? range.End : address;

    private (ulong Start, ulong End, bool IsCode)? Find(ulong address)
    {
        var low = 0;
        var high = _ranges.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (address < _ranges[middle].Start)
            {
                high = middle - 1;
            }
            else if (address >= _ranges[middle].End)
            {
                low = middle + 1;
            }
            else
            {
                return _ranges[middle];
            }
        }

        return null;
    }

    private static ulong Hex(ReadOnlySpan<char> text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}

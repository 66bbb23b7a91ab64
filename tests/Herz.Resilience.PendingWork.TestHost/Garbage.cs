using System.Globalization;
using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>Passes invalid addresses and words to the reader, like a heap with moving objects.</summary>
internal static class Garbage
{
    /// <summary>Reads random addresses and returns how many passed as method tables.</summary>
    public static int ReadRandom(int count)
    {
        var access = new RuntimeAccess();
        using var memory = ProcessMemory.Open();
        access.Tables.Refresh(memory);
        var regions = access.Library.View(memory).Regions;
        var maps = File.ReadLines("/proc/self/maps")
            .Select(static line => line.Split(' ', 2)[0].Split('-'))
            .Select(static range => (Start: Hex(range[0]), End: Hex(range[1])))
            .ToArray();
        var random = new Random(7);
        var passed = 0;
        for (var i = 0; i < count; i++)
        {
            var region = regions[random.Next(regions.Count)];
            var (start, end) = maps[random.Next(maps.Length)];
            var word = (i % 4) switch
            {
                0 => Within(random, region.Start, region.End),
                1 => Within(random, start, end),
                2 => memory.ReadWord(Within(random, region.Start, region.End)),
                _ => (ulong)random.NextInt64(),
            };

            // Half of them are read as method tables, half as addresses of objects.
            var type = i % 8 < 4 ? access.Types.Of(memory, word) : access.Types.OfObject(memory, word);
            passed += type == Walking.HeapType.Other ? 0 : 1;
        }

        return passed;
    }

    private static ulong Within(Random random, ulong start, ulong end) => (start + (ulong)random.NextInt64((long)Math.Max(8, end - start))) & ~7ul;

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}

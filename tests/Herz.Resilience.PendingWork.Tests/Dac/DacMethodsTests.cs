using System.Globalization;
using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Tests.Dac;

public class DacMethodsTests
{
    private const int Addresses = 20;

    [Fact]
    public void OfCode_AnyAddress_IsNoFault()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The heap is read through /proc.");
        using var memory = ProcessMemory.Open();
        var runtime = new RuntimeAccess();
        using var methods = runtime.Library.Methods(memory);
        var random = new Random(20);
        var mapped = File.ReadLines("/proc/self/maps").Select(static line => line.Split(' ')[0].Split('-'))
            .Select(static range => (Start: Hex(range[0]), End: Hex(range[1]))).Where(static range => range.End < RuntimeFacts.HighestAddress).ToArray();

        var found = 0;
        for (var i = 0; i < Addresses; i++)
        {
            var (start, end) = i % 4 == 0 ? (0ul, RuntimeFacts.HighestAddress) : mapped[random.Next(mapped.Length)];
            var address = (ulong)random.NextInt64((long)start, (long)end);
            found += methods.OfCode(address) == 0 ? 0 : 1;
        }

        Assert.InRange(found, 0, Addresses);
    }

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}

using System.Text;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Tests.Runtime;

public class RuntimeTests
{
    [Theory]
    [InlineData("{", "not understood")]
    [InlineData("{}", "not understood")]
    [InlineData("""{"version":1,"contracts":{"RuntimeTypeSystem":1},"types":{}}""", "unknown version")]
    [InlineData("""{"version":0,"contracts":{"RuntimeTypeSystem":2},"types":{}}""", "unknown version")]
    [InlineData("""{"version":0,"contracts":{"RuntimeTypeSystem":1},"types":{}}""", "does not give MethodTable.EEClassOrCanonMT")]
    public void MethodTables_UnknownContract_RefusesWithTheReason(string json, string reason)
    {
        var error = Assert.Throws<UnknownRuntimeException>(() => new MethodTables(ContractDescriptor.Parse(Encoding.UTF8.GetBytes(json))));
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void Offset_NumberOrPair_IsRead()
    {
        var contract = ContractDescriptor.Parse("""{"version":0,"contracts":{"RuntimeTypeSystem":1},"types":{"A":{"x":8,"y":[16,"pointer"],"z":-1}}}"""u8.ToArray());

        Assert.Equal((8, 16), (contract.Offset("A", "x"), contract.Offset("A", "y")));
        Assert.Throws<UnknownRuntimeException>(() => contract.Offset("A", "z"));
    }

    [Fact]
    public void Find_SingleFileApp_SaysThatItCarriesNoLibrary()
    {
        var maps = Path.GetTempFileName();
        try
        {
            File.WriteAllText(maps, "7f0000000000-7f0000001000 r-xp 00000000 00:00 1 /app/single\n");
            Assert.Contains("single-file", Assert.Throws<UnknownRuntimeException>(() => RuntimeFiles.Find(maps)).Message);

            File.WriteAllText(maps, "7f0000000000-7f0000001000 r-xp 00000000 00:00 1 /none/libcoreclr.so\n");
            Assert.Contains("/none/libmscordaccore.so", Assert.Throws<UnknownRuntimeException>(() => RuntimeFiles.Find(maps)).Message);
        }
        finally
        {
            File.Delete(maps);
        }
    }

    [Fact]
    public void WhyUnknown_OffLinux_NamesTheSystem() =>
        Assert.Equal(OperatingSystem.IsLinux(), RuntimeFacts.WhyUnknown() is null);
}

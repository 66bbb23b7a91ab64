using System.Text;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.Tests.Runtime;

public class RuntimeTests
{
    [Theory]
    [InlineData("{", "is invalid")]
    [InlineData("{}", "is invalid")]
    [InlineData("""{"version":1,"contracts":{"RuntimeTypeSystem":1},"types":{}}""", "is not version 0")]
    [InlineData("""{"version":0,"contracts":{"RuntimeTypeSystem":2},"types":{}}""", "is not version 1")]
    [InlineData("""{"version":0,"contracts":{"RuntimeTypeSystem":1},"types":{}}""", "does not contain MethodTable.EEClassOrCanonMT")]
    public void MethodTables_UnsupportedContract_ThrowsWithTheReason(string json, string reason)
    {
        var error = Assert.Throws<UnsupportedRuntimeException>(() => new MethodTables(ContractDescriptor.Parse(Encoding.UTF8.GetBytes(json))));
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void Offset_NumberOrPair_IsRead()
    {
        var contract = ContractDescriptor.Parse("""{"version":0,"contracts":{"RuntimeTypeSystem":1},"types":{"A":{"x":8,"y":[16,"pointer"],"z":-1}}}"""u8.ToArray());

        Assert.Equal((8, 16), (contract.Offset("A", "x"), contract.Offset("A", "y")));
        Assert.Throws<UnsupportedRuntimeException>(() => contract.Offset("A", "z"));
    }

    [Theory]
    [InlineData("""{"version":0,"contracts":{"RuntimeTypeSystem":1},"types":{"A":{"x":8}}}""")]
    [InlineData("""{"version":2,"contracts":{"RuntimeTypeSystem":"c1"},"types":{"A":{"x":8}}}""")]
    public void Parse_FormatOfDotNet10And11_IsRead(string json) =>
        Assert.Equal(8, ContractDescriptor.Parse(Encoding.UTF8.GetBytes(json)).Offset("A", "x"));

    [Fact]
    public void Find_SingleFileApp_ReportsTheMissingLibrary()
    {
        var maps = Path.GetTempFileName();
        try
        {
            File.WriteAllText(maps, "7f0000000000-7f0000001000 r-xp 00000000 00:00 1 /app/single\n");
            Assert.Contains("single-file", Assert.Throws<UnsupportedRuntimeException>(() => RuntimeFiles.Find(maps)).Message);

            File.WriteAllText(maps, "7f0000000000-7f0000001000 r-xp 00000000 00:00 1 /none/libcoreclr.so\n");
            Assert.Contains("/none/libmscordaccore.so", Assert.Throws<UnsupportedRuntimeException>(() => RuntimeFiles.Find(maps)).Message);
        }
        finally
        {
            File.Delete(maps);
        }
    }

    [Fact]
    public void UnsupportedReason_AnySystem_IsNullOnLinuxOnly() =>
        Assert.Equal(OperatingSystem.IsLinux(), RuntimeFacts.UnsupportedReason() is null);
}

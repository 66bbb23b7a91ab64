using System.Net;
using Herz.Resilience.RateLimiting.Keys;

namespace Herz.Resilience.Tests.RateLimiting.Keys;

public sealed class PartitionKeysTests
{
    private readonly PartitionKeys _keys = new(new KeyHash(new byte[16]));

    [Theory]
    [InlineData("10.1.2.3", "::ffff:10.1.2.3")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff")]
    public void OfClient_OfOneClientsAddresses_IsOneKey(string one, string other) =>
        Assert.Equal(_keys.OfClient(IPAddress.Parse(one)), _keys.OfClient(IPAddress.Parse(other)));

    [Fact]
    public void OfClient_OfDifferentClients_IsDifferent()
    {
        string?[] clients = ["10.1.2.3", "10.1.2.4", "3.2.1.10", "2001:db8:1:2::1", "2001:db8:1:3::1", "a01:203::", "::", "0.0.0.0", null];
        var keys = clients.Select(client => _keys.OfClient(client is null ? null : IPAddress.Parse(client)));

        Assert.Equal(clients.Length, keys.Distinct().Count());
    }

    [Fact]
    public void OfClient_WithAnotherSecret_IsAnotherKey() =>
        Assert.NotEqual(_keys.OfClient(IPAddress.Loopback), new PartitionKeys(new KeyHash()).OfClient(IPAddress.Loopback));

    // The test vector of the SipHash paper, appendix A: bytes 0…14 under the key 0…15.
    [Fact]
    public void KeyHash_OfThePapersTestVector_HasThePapersResult() =>
        Assert.Equal(0xa129ca6149be45e5, new KeyHash([.. Enumerable.Range(0, 16).Select(value => (byte)value)]).Of([.. Enumerable.Range(0, 15).Select(value => (byte)value)]));
}

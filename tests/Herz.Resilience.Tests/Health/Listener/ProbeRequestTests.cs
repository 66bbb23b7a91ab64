using System.Text;
using Herz.Resilience.Health.Listener;

namespace Herz.Resilience.Tests.Health.Listener;

public sealed class ProbeRequestTests
{
    [Theory]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", "/healthz")]
    [InlineData("GET /healthz/ HTTP/1.0\r\n\r\n", "/healthz")]
    [InlineData("GET /health%7A HTTP/1.1\r\n\r\nbody", "/healthz")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "/")]
    public void Request_OfAProbe_IsRead(string text, string path)
    {
        var request = ProbeRequest.Parse(Encoding.ASCII.GetBytes(text), out var status);

        Assert.Equal((0, path, "GET", false), (status, request?.Path, request?.Method, request!.WantsJson));
    }

    [Fact]
    public void Query_AndAccept_AreRead()
    {
        var request = ProbeRequest.Parse("HEAD /healthz?probe=live&exclude=a%20b&exclude=c&verbose HTTP/1.1\r\nhost: a\r\nACCEPT: application/json\r\n\r\n"u8, out _);

        Assert.Equal(("live", "a b,c", "", true), (request!.Query["probe"].ToString(), request.Query["exclude"].ToString(), request.Query["verbose"].ToString(), request.WantsJson));
    }

    [Theory]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: a\r\n", 0)]
    [InlineData("", 0)]
    [InlineData("\r\n\r\n", 400)]
    [InlineData("GET healthz HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET http://a/healthz HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET  /healthz HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /healthz HTTP/9\r\n\r\n", 400)]
    [InlineData("GET /healthz\r\n\r\n", 400)]
    [InlineData("PRI * HTTP/2.0\r\n\r\n", 505)]
    [InlineData("GET /\u0001 HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /é HTTP/1.1\r\n\r\n", 400)]
    public void Anything_Else_IsIncompleteOrAnError(string text, int expected)
    {
        Assert.Null(ProbeRequest.Parse(Encoding.UTF8.GetBytes(text), out var status));
        Assert.Equal(expected, status);
    }

    [Fact]
    public void Request_LongerThanTheLimit_IsAnError()
    {
        Assert.Null(ProbeRequest.Parse(Encoding.ASCII.GetBytes("GET /" + new string('a', ProbeRequest.MaxBytes - 5)), out var status));
        Assert.Equal(431, status);
    }

    [Fact]
    public void AnyBytes_NeverThrow()
    {
        var random = new Random(1);
        var pieces = new[] { "GET ", "/healthz", "?probe=", "%", "%zz", "%00", " HTTP/1.1", "\r\n", "\r\n\r\n", "Accept:", ":", "&&==", "\0", "\ufffd", "HEAD /livez?verbose HTTP/1.1\r\n\r\n" };
        for (var round = 0; round < 200_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => pieces[random.Next(pieces.Length)]));
            ProbeRequest.Parse(Encoding.UTF8.GetBytes(text), out var status);
            Assert.Contains(status, (int[])[0, 400, 431, 505]);
        }
    }
}

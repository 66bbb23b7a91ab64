using System.Text;
using CsCheck;
using Herz.Resilience.Tool.Http1;

namespace Herz.Resilience.Tool.Tests.Http1;

public sealed class ResponseParserTests
{
    private static ResponseParser Started(bool head = false)
    {
        var parser = new ResponseParser();
        parser.Begin(head);
        return parser;
    }

    private static ParseResult Feed(ResponseParser parser, string text) => parser.Feed(Encoding.Latin1.GetBytes(text));

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", 204)]
    [InlineData("HTTP/1.1 304 \r\nContent-Length: 50\r\n\r\n", 304)]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n", 200)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n", 200)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx", 201)]
    public void Feed_ResponseInPiecesOfAnySize_CompletesExactlyAtTheEnd(string text, int status)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        Gen.Int[1, bytes.Length].Sample(size =>
        {
            var parser = Started();
            for (var at = 0; at < bytes.Length; at += size)
            {
                var piece = bytes.AsSpan(at, Math.Min(size, bytes.Length - at));
                Assert.Equal(at + piece.Length == bytes.Length ? ParseResult.Complete : ParseResult.NeedMore, parser.Feed(piece));
            }

            Assert.Equal(status, parser.Status);
        }, iter: bytes.Length * 2);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
    [InlineData("HTTP/1.1 abc OK\r\n\r\n")]
    [InlineData("HTTP/1.1 999 OK\r\n\r\n")]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxy")]
    [InlineData("HTTP/1.1 204 OK\r\n\r\nbody")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n")]
    public void Feed_InvalidResponse_IsMalformed(string text) => Assert.Equal(ParseResult.Malformed, Feed(Started(), text));

    [Fact]
    public void Feed_AnyBytes_NeverThrows() =>
        Gen.Byte.Array[0, 300].Sample(bytes =>
        {
            var parser = Started();
            parser.Feed([.. "HTTP/1.1 200 OK\r\n"u8, .. bytes]);
        }, iter: 5_000);

    [Fact]
    public void Feed_HeadWithoutEnd_IsMalformedAtBoundedMemory()
    {
        var parser = Started();
        var line = "X: " + new string('x', 1000) + "\r\n";
        Feed(parser, "HTTP/1.1 200 OK\r\n");
        var results = Enumerable.Range(0, 70).Select(_ => Feed(parser, line)).ToArray();

        Assert.Equal(ParseResult.Malformed, results[^1]);
    }

    [Fact]
    public void Feed_ResponseToHead_HasNoBody() =>
        Assert.Equal(ParseResult.Complete, Feed(Started(head: true), "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"));

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", true)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", true)]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false)]
    public void CloseAfter_FollowsVersionAndHeader(string text, bool close)
    {
        var parser = Started();

        Assert.Equal(ParseResult.Complete, Feed(parser, text));
        Assert.Equal(close, parser.CloseAfter);
    }

    [Fact]
    public void FeedEnd_BodyWithoutLength_EndsWithTheConnection()
    {
        var parser = Started();
        Assert.Equal(ParseResult.NeedMore, Feed(parser, "HTTP/1.1 200 OK\r\n\r\nsome"));
        Assert.Equal(ParseResult.Complete, parser.FeedEnd());
        Assert.True(parser.CloseAfter);
    }

    [Fact]
    public void FeedEnd_InTheMiddle_IsMalformed()
    {
        var parser = Started();
        Feed(parser, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsome");

        Assert.Equal(ParseResult.Malformed, parser.FeedEnd());
    }

    [Fact]
    public void RefusalBody_Of429_IsStoredAndOfTheNext200IsNot()
    {
        var parser = Started();
        Feed(parser, "HTTP/1.1 429 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n2\r\n\"}\r\n0\r\n\r\n");
        Assert.Equal("{\"a\"}", Encoding.ASCII.GetString(parser.RefusalBody));

        parser.Begin(false);
        Feed(parser, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Assert.True(parser.RefusalBody.IsEmpty);
    }
}

using System.Buffers.Text;
using System.Text;

namespace Herz.Resilience.Tool.Http1;

/// <summary>
/// Parses HTTP/1.1 responses (RFC 9112) in pieces of any size. It stores only the status, whether the connection stays open,
/// and the body of a refusal.
/// </summary>
internal sealed class ResponseParser
{
    private const int MaxHeadBytes = 64 * 1024;
    private const int MaxKeptBody = 4096;

    private readonly ChunkedBody _chunks = new();
    private byte[] _kept = [];
    private int _keptLength;
    private byte[] _body = [];
    private int _bodyLength;
    private State _state = State.Head;
    private bool _headRequest;
    private bool _keepBody;
    private long _remaining;

    private enum State
    {
        Head,
        Length,
        Chunked,
        UntilClose,
    }

    /// <summary>The status of the final response.</summary>
    public int Status { get; private set; }

    /// <summary>Whether the server closes the connection after this response.</summary>
    public bool CloseAfter { get; private set; }

    /// <summary>Whether at least one byte of the response arrived.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>The first 4 KB of the body of a refusal (429, 503, 504); otherwise empty.</summary>
    public ReadOnlySpan<byte> RefusalBody => _body.AsSpan(0, _bodyLength);

    /// <summary>Prepares for the next response.</summary>
    /// <param name="headRequest">Whether the request was HEAD; its response has no body.</param>
    public void Begin(bool headRequest)
    {
        _state = State.Head;
        _headRequest = headRequest;
        _keptLength = 0;
        _bodyLength = 0;
        _keepBody = false;
        Status = 0;
        CloseAfter = false;
        HasStarted = false;
    }

    /// <summary>Parses the next bytes of the connection.</summary>
    public ParseResult Feed(ReadOnlySpan<byte> data)
    {
        HasStarted |= data.Length > 0;
        while (true)
        {
            if (_state != State.Head)
            {
                return FeedBody(data);
            }

            var head = TakeHead(ref data);
            if (head.IsEmpty)
            {
                return _keptLength > MaxHeadBytes ? ParseResult.Malformed : ParseResult.NeedMore;
            }

            if (!ReadHead(head))
            {
                return ParseResult.Malformed;
            }

            _keptLength = 0;
            if (Status is >= 100 and < 200 and not 101)
            {
                continue;
            }

            if (_headRequest || Status is 204 or 304 or 101)
            {
                return data.IsEmpty ? ParseResult.Complete : ParseResult.Malformed;
            }
        }
    }

    /// <summary>Reports that the server closed the connection, which ends a body without a length.</summary>
    public ParseResult FeedEnd() => _state == State.UntilClose ? ParseResult.Complete : ParseResult.Malformed;

    private ReadOnlySpan<byte> TakeHead(ref ReadOnlySpan<byte> data)
    {
        if (_keptLength == 0)
        {
            var end = data.IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                var head = data[..(end + 2)];
                data = data[(end + 4)..];
                return head;
            }

            Buffer(data);
            data = default;
            return default;
        }

        var before = _keptLength;
        Buffer(data);
        var kept = _kept.AsSpan(0, _keptLength);
        var from = Math.Max(0, before - 3);
        var at = kept[from..].IndexOf("\r\n\r\n"u8);
        if (at < 0)
        {
            data = default;
            return default;
        }

        data = data[(from + at + 4 - before)..];
        return kept[..(from + at + 2)];
    }

    private void Buffer(ReadOnlySpan<byte> data)
    {
        if (_kept.Length < _keptLength + data.Length)
        {
            Array.Resize(ref _kept, Math.Max(1024, (_keptLength + data.Length) * 2));
        }

        data.CopyTo(_kept.AsSpan(_keptLength));
        _keptLength += data.Length;
    }

    private bool ReadHead(ReadOnlySpan<byte> head)
    {
        if (head.Length < 13 || !head.StartsWith("HTTP/1."u8) || head[8] != ' '
            || !Utf8Parser.TryParse(head.Slice(9, 3), out int status, out var digits) || digits != 3 || status is < 100 or > 599)
        {
            return false;
        }

        Status = status;
        CloseAfter = head[7] == '0';
        var length = -1L;
        var chunked = false;
        var rest = head[(head.IndexOf((byte)'\n') + 1)..];
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            if (!ReadHeader(rest[..(end - 1)], ref length, ref chunked))
            {
                return false;
            }

            rest = rest[(end + 1)..];
        }

        _keepBody = Recording.Completion.IsRefusalStatus(status);
        _remaining = length;
        _state = chunked ? State.Chunked : length >= 0 ? State.Length : State.UntilClose;
        if (Status < 200 && Status != 101)
        {
            _state = State.Head;
        }

        if (_state == State.Chunked)
        {
            _chunks.Begin();
        }

        return true;
    }

    private bool ReadHeader(ReadOnlySpan<byte> line, ref long length, ref bool chunked)
    {
        // The three relevant names differ in length, so most headers need only a length comparison.
        var colon = line.IndexOf((byte)':');
        if (colon <= 0)
        {
            return false;
        }

        var name = line[..colon];
        var value = line[(colon + 1)..].Trim((byte)' ');
        switch (colon)
        {
            case 14 when Ascii.EqualsIgnoreCase(name, "content-length"u8):
                return Utf8Parser.TryParse(value, out length, out var read) && read == value.Length && length >= 0;
            case 17 when Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8):
                chunked = Ascii.EqualsIgnoreCase(value, "chunked"u8);
                return chunked;
            case 10 when Ascii.EqualsIgnoreCase(name, "connection"u8):
                CloseAfter = Ascii.EqualsIgnoreCase(value, "close"u8) || (CloseAfter && !Ascii.EqualsIgnoreCase(value, "keep-alive"u8));
                return true;
            default:
                return true;
        }
    }

    private ParseResult FeedBody(ReadOnlySpan<byte> data)
    {
        switch (_state)
        {
            case State.Length:
                if (data.Length > _remaining)
                {
                    return ParseResult.Malformed;
                }

                KeepBody(data);
                _remaining -= data.Length;
                return _remaining == 0 ? ParseResult.Complete : ParseResult.NeedMore;
            case State.Chunked:
                return _chunks.Feed(data, this);
            default:
                CloseAfter = true;
                KeepBody(data);
                return ParseResult.NeedMore;
        }
    }

    internal void KeepBody(ReadOnlySpan<byte> data)
    {
        if (!_keepBody || _bodyLength == MaxKeptBody)
        {
            return;
        }

        if (_body.Length == 0)
        {
            _body = new byte[MaxKeptBody];
        }

        data = data[..Math.Min(data.Length, MaxKeptBody - _bodyLength)];
        data.CopyTo(_body.AsSpan(_bodyLength));
        _bodyLength += data.Length;
    }
}

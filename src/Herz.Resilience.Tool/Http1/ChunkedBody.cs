namespace Herz.Resilience.Tool.Http1;

/// <summary>Parses a chunked body (RFC 9112, 7.1): data by chunk, everything else by byte.</summary>
internal sealed class ChunkedBody
{
    private const long MaxChunkSize = 1L << 40;
    private State _state;
    private long _size;
    private bool _hasDigit;
    private bool _lineHasBytes;

    private enum State
    {
        Size,
        Extension,
        Data,
        AfterData,
        Trailer,
        Done,
    }

    /// <summary>Prepares for the next body.</summary>
    public void Begin()
    {
        _state = State.Size;
        _size = 0;
        _hasDigit = false;
        _lineHasBytes = false;
    }

    /// <summary>Parses the next bytes and passes the content to <paramref name="owner"/>.</summary>
    public ParseResult Feed(ReadOnlySpan<byte> data, ResponseParser owner)
    {
        while (!data.IsEmpty)
        {
            if (_state == State.Data)
            {
                var take = (int)Math.Min(_size, data.Length);
                owner.KeepBody(data[..take]);
                data = data[take..];
                _size -= take;
                _state = _size == 0 ? State.AfterData : State.Data;
                continue;
            }

            if (_state == State.Done || !Step(data[0]))
            {
                return ParseResult.Malformed;
            }

            data = data[1..];
        }

        return _state == State.Done ? ParseResult.Complete : ParseResult.NeedMore;
    }

    private bool Step(byte next)
    {
        switch (_state)
        {
            case State.Size:
                return Size(next);
            case State.Extension:
                if (next == '\n')
                {
                    EndOfSize();
                }

                return true;
            case State.AfterData:
                if (next == '\n')
                {
                    Begin();
                }

                return next is (byte)'\r' or (byte)'\n';
            default:
                if (next == '\n')
                {
                    _state = _lineHasBytes ? State.Trailer : State.Done;
                    _lineHasBytes = false;
                }
                else if (next != '\r')
                {
                    _lineHasBytes = true;
                }

                return true;
        }
    }

    private bool Size(byte next)
    {
        var digit = HexDigit(next);
        if (digit >= 0)
        {
            _size = (_size * 16) + digit;
            _hasDigit = true;
            return _size <= MaxChunkSize;
        }

        if (next == '\n')
        {
            EndOfSize();
        }
        else
        {
            _state = next is (byte)';' or (byte)' ' ? State.Extension : State.Size;
            if (next is not ((byte)';' or (byte)' ' or (byte)'\r'))
            {
                return false;
            }
        }

        return _hasDigit;
    }

    private static int HexDigit(byte next) => next switch
    {
        >= (byte)'0' and <= (byte)'9' => next - '0',
        >= (byte)'a' and <= (byte)'f' => next - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => next - 'A' + 10,
        _ => -1,
    };

    private void EndOfSize() => _state = _size == 0 ? State.Trailer : State.Data;
}

namespace Herz.Resilience.Tool.Http1;

/// <summary>State of a response.</summary>
internal enum ParseResult
{
    /// <summary>More bytes are needed.</summary>
    NeedMore,

    /// <summary>The response is complete.</summary>
    Complete,

    /// <summary>The bytes are not an HTTP/1.1 response, or there are more bytes than expected.</summary>
    Malformed,
}

namespace Herz.Resilience.Tool.Http1;

/// <summary>How far a response has come.</summary>
internal enum ParseResult
{
    /// <summary>The rest has not come yet.</summary>
    NeedMore,

    /// <summary>The response is whole.</summary>
    Complete,

    /// <summary>It is no HTTP/1.1 response, or more came than was asked for.</summary>
    Malformed,
}

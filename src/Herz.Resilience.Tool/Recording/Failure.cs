namespace Herz.Resilience.Tool.Recording;

/// <summary>The reason why a request has no answer.</summary>
internal enum Failure
{
    /// <summary>There is an answer.</summary>
    None,

    /// <summary>No answer within the timeout, counted from the intended start.</summary>
    TimedOut,

    /// <summary>The connection failed.</summary>
    ConnectFailed,

    /// <summary>The server closed or reset the connection before the answer was complete.</summary>
    Disconnected,

    /// <summary>The answer was not valid HTTP or gRPC.</summary>
    Malformed,

    /// <summary>The run ended or was broken off before an answer came.</summary>
    BrokenOff,
}

namespace Herz.Resilience.Tool.Recording;

/// <summary>Why a request has no answer.</summary>
internal enum Failure
{
    /// <summary>It has one.</summary>
    None,

    /// <summary>No answer within the timeout, counted from the intended start.</summary>
    TimedOut,

    /// <summary>No connection could be made.</summary>
    ConnectFailed,

    /// <summary>The server closed or reset the connection before the answer was whole.</summary>
    Disconnected,

    /// <summary>What came back was not HTTP as agreed.</summary>
    Malformed,

    /// <summary>The run ended or was broken off before an answer came.</summary>
    BrokenOff,
}

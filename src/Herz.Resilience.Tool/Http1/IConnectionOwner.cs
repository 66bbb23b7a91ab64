using Herz.Resilience.Tool.Recording;

namespace Herz.Resilience.Tool.Http1;

/// <summary>Receives the outcome of the request on a connection.</summary>
internal interface IConnectionOwner
{
    /// <summary>The parser of the connection has the complete answer; the owner reuses or closes the connection.</summary>
    void Answered(Connection connection);

    /// <summary>The request gets no answer; the owner closes the connection.</summary>
    void Failed(Connection connection, Failure failure);
}

using Herz.Resilience.Tool.Recording;

namespace Herz.Resilience.Tool.Http1;

/// <summary>Who is told how the request on a connection ended.</summary>
internal interface IConnectionOwner
{
    /// <summary>The whole answer is there, in the connection's parser; the owner keeps or closes the connection.</summary>
    void Answered(Connection connection);

    /// <summary>There will be no answer; the owner closes the connection.</summary>
    void Failed(Connection connection, Failure failure);
}

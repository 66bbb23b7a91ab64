namespace Herz.Resilience.Tests.LoadShedding.Simulation;

/// <summary>What a handler does with its request.</summary>
internal interface IServer
{
    /// <summary>The share of the time that its handler computes while it holds a thread.</summary>
    double Computes => 0;

    /// <summary>Serves a request and calls <paramref name="done"/> when it has truly ended.</summary>
    /// <param name="giveUpAt">When its token is cancelled.</param>
    void Serve(long giveUpAt, Action<bool> done);
}

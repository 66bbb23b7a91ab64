using Herz.Resilience.Configuration;

namespace Herz.Resilience.Hosting;

/// <summary>
/// Compares the options with the endpoints and policies of the app. Called when the app's pipeline is built, where a mistake
/// stops the start, and at every reload. Registered as an enumerable singleton.
/// </summary>
internal interface IPlanCheck
{
    void Check(HerzOptions options, ConfigurationErrors errors);
}

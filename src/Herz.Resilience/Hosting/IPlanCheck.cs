using Herz.Resilience.Configuration;
namespace Herz.Resilience.Hosting;

/// <summary>
/// Holds the options against what the app is made of: its endpoints, its policies. Asked once the app's pipeline stands,
/// when a mistake stops the start, and at every reload. Registered as an enumerable singleton.
/// </summary>
internal interface IPlanCheck
{
    void Check(HerzOptions options, ConfigurationErrors errors);
}

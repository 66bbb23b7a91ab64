using Herz.Resilience.Configuration;

namespace Herz.Resilience.LoadShedding;

internal static class LoadSheddingOptionsValidator
{
    public static void Validate(LoadSheddingOptions options, ConfigurationErrors errors)
    {
        _ = (options, errors);
    }
}

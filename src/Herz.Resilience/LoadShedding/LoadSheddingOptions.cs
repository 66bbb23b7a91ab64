using Herz.Resilience.Configuration;

namespace Herz.Resilience.LoadShedding;

/// <summary>Adaptive concurrency: the section <c>Herz:LoadShedding</c>.</summary>
public sealed class LoadSheddingOptions : FeatureOptions
{

}

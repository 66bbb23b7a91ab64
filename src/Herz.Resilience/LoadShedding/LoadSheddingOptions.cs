using Herz.Resilience.Configuration;

namespace Herz.Resilience.LoadShedding;

/// <summary>
/// The section <c>Herz:LoadShedding</c>. It is read and checked, so that a configuration may name it; this version sheds
/// nothing.
/// </summary>
public sealed class LoadSheddingOptions : FeatureOptions;

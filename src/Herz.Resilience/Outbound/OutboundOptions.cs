using Herz.Resilience.Configuration;

namespace Herz.Resilience.Outbound;

/// <summary>What calls of <c>IHttpClientFactory</c>'s clients take from the request they are made for: the section <c>Herz:Outbound</c>.</summary>
public sealed class OutboundOptions : FeatureOptions;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Configuration;

/// <summary>Binds the section <c>Herz</c> before any configure lambda runs.</summary>
internal sealed class HerzOptionsSetup(IConfiguration configuration) : IConfigureOptions<HerzOptions>
{
    public void Configure(HerzOptions options) =>
        SectionReader.Read(configuration.GetSection(HerzOptions.SectionName), options);
}

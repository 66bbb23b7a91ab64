using Herz.Resilience.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Herz.Resilience.Hosting;

/// <summary>Reads the section <c>Herz</c> before any configure lambda runs.</summary>
internal sealed class HerzOptionsSetup(IConfiguration configuration) : IConfigureOptions<HerzOptions>
{
    public void Configure(HerzOptions options) =>
        SectionReader.Read(configuration.GetSection(HerzOptions.SectionName), options, options.ReadErrors);
}
